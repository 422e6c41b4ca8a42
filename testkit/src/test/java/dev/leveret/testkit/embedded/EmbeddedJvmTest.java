package dev.leveret.testkit.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees that uses the embedded broker, with each logging it may have. */
class EmbeddedJvmTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Predicate<String> LOGBACK = it -> it.contains("logback");
    private static final Predicate<String> SIMPLE = it -> it.contains("slf4j-simple");

    @TempDir
    private Path scratch;

    @Test
    void withoutAnyLoggingAProgramRunsAndEnds() throws InterruptedException {
        assertThat(linesOf(LOGBACK.or(SIMPLE).negate()))
                .as("three lines of SLF4J about itself, and the program's own")
                .hasSize(4)
                .allMatch(it -> it.startsWith("SLF4J(W)") || it.startsWith("using Qpid Broker-J"));
    }

    @Test
    void simpleLoggingIsNotFloodedAndNothingIsWrittenToDisk() throws InterruptedException, IOException {
        assertThat(linesOf(LOGBACK.negate())).hasSizeLessThan(6).noneMatch(it -> it.contains("qpid.message"));

        try (Stream<Path> files = Files.list(scratch.resolve("work"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void logbackWithoutAConfigurationIsNotFlooded() throws InterruptedException {
        assertThat(linesOf(SIMPLE.negate()))
                .hasSizeLessThan(10)
                .noneMatch(it -> it.contains("DEBUG org.apache.qpid") || it.contains("qpid.message"));
    }

    @Test
    void aMissingBrokerJIsAnAbsenceWithARemedy() throws InterruptedException {
        try (ChildJvm jvm = start(LOGBACK.or(it -> it.contains("qpid-broker")).negate())) {
            assertThat(jvm.exitWithin(LIMIT)).isEqualTo(1);
            assertThat(jvm.output())
                    .contains("an embedded Qpid Broker-J: Broker-J is not on the class path")
                    .contains("add org.apache.qpid:qpid-broker-core");
        }
    }

    private List<String> linesOf(Predicate<String> onClassPath) throws InterruptedException {
        try (ChildJvm jvm = start(onClassPath)) {
            assertThat(jvm.exitWithin(LIMIT)).as(jvm.output()).isZero();
            return jvm.output().lines().toList();
        }
    }

    private ChildJvm start(Predicate<String> onClassPath) {
        return ChildJvm.start(scratch, onClassPath, List.of("-Dleveret.broker=embedded", EmbeddedMain.class.getName()));
    }
}
