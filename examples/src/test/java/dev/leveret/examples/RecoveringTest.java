package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The snippets in the documentation of recovery are those of programs, which do what is said of them. */
class RecoveringTest {

    @ParameterizedTest
    @CsvSource({
        "java, java/dev/leveret/examples/Recovering.java",
        "kotlin, kotlin/dev/leveret/examples/RecoveringFlow.kt"
    })
    void theSnippetsAreThoseOfTheProgram(String language, String source) throws IOException {
        assertThat(Snippets.shown(Path.of("..", "docs", "recovery.md"), language))
                .extracting(Snippets::words)
                .isNotEmpty()
                .isEqualTo(Snippets.compiled(Path.of("src/main").resolve(source), "recovery").stream()
                        .map(it -> Snippets.words(it.code()))
                        .toList());
    }

    @EveryBroker
    void nothingIsLostWhileTheConnectionIsCut(Broker broker) throws InterruptedException {
        assertThat(Recovering.publishAndConsume(broker.uri().toString(), 40, 3)).isEqualTo(40);
    }

    @Test
    void theOptionsAreWhatTheyLookLike() {
        assertThat(Recovering.republishing().republishedBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(Recovering.republishing().republishedWithin()).isEqualTo(Duration.ofSeconds(30));
        assertThat(Recovering.queuesOnly().enabled()).isTrue();
    }
}
