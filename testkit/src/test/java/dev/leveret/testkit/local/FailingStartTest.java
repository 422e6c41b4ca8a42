package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.probe.ScriptedPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Everything that may go wrong with a start, played by scripts; whatever it is, nothing is left. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class FailingStartTest {

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir
    private Path scratch;

    private Path base;
    private Path bin;

    @BeforeEach
    void makeDirectories() throws IOException {
        base = Files.createDirectory(scratch.resolve("base"));
        bin = scratch.resolve("bin");
    }

    @Test
    void aServerThatDiesIsReportedWithItsLastWords() throws IOException {
        Throwable failure = failure("echo 'RabbitMQ cannot run! Erlang 21.3 is too old' >&2", "exit 1");

        assertThat(failure)
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("RabbitMQ (" + bin.resolve("rabbitmq-server") + ") did not start on 127.0.0.1:")
                .hasMessageContaining("it ended by itself")
                .hasMessageContaining("RabbitMQ cannot run! Erlang 21.3 is too old");
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aServerThatDiesAtOnceIsNoticedEveryTime() throws IOException {
        for (int round = 0; round < 10; round++) {
            assertThat(failure("exit 1")).hasMessageContaining("it ended by itself");
        }
    }

    @Test
    void theLastLinesOfConsoleAndLogAreShownAndNotAllOfThem() throws IOException {
        Throwable failure = failure(
                "for n in $(seq 1 100); do",
                "  echo \"console $n.\"",
                "  echo \"log $n.\" >> \"$RABBITMQ_LOG_BASE/node.log\"",
                "done");

        assertThat(failure).hasMessageContaining("console 86.").hasMessageContaining("log 100.");
        assertThat(failure.getMessage()).doesNotContain("console 85.").doesNotContain("log 85.");
    }

    @Test
    void aServerThatNeverServesIsKilledAtTheLimit() throws IOException {
        long before = System.nanoTime();

        Throwable failure = failureAtTheLimit("exec sleep 600");

        assertThat(failure).hasMessageContaining("did not serve within 1 s").hasMessageContaining("It wrote nothing.");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, Duration.ofSeconds(15));
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aServerThatIgnoresSignalsIsKilledAllTheSame() throws Exception {
        Path pid = scratch.resolve("pid");
        failureAtTheLimit("trap '' TERM INT HUP", "echo $$ > " + pid, "while :; do sleep 1; done");

        Leftovers.awaitEnd(handles(pid), Duration.ZERO.plusSeconds(1));
        Leftovers.assertNoFiles(base);
    }

    /** As Erlang's own helpers do: they leave the tree of their parents. Only Linux tells whose they are. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void processesThatRanAwayAreKilledToo() throws Exception {
        Path pid = scratch.resolve("pid");
        failureAtTheLimit("(setsid sh -c 'echo $$ > " + pid + "; exec sleep 600' &)", "exec sleep 600");

        Leftovers.awaitEnd(handles(pid), Duration.ofSeconds(1));
    }

    @Test
    void aServerThatSaysItIsUpButDoesNotAnswerIsReported() throws IOException {
        Throwable failure = failure(FakeInstallation.SAY_UP, "exec sleep 600");

        assertThat(failure).isInstanceOf(BrokerStartException.class).hasMessageContaining("startup complete");
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aServerThatCannotBeRunIsReported() throws IOException {
        RabbitMqInstallation installation = FakeInstallation.serving(bin, "exit 0");
        Files.delete(installation.server());

        assertThatThrownBy(() -> LocalRabbitMq.start(installation, options()))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("not found");
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aChosenPortThatIsTakenIsReportedBeforeAnythingIsStarted() throws IOException {
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            LocalRabbitMqOptions options = options().port(peer.port());

            assertThatThrownBy(() -> LocalRabbitMq.start(FakeInstallation.serving(bin, "exit 0"), options))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("port " + peer.port() + " of 127.0.0.1 is taken");
        }
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aPortLostToSomebodyElseIsTriedAgainWithOthers() throws IOException {
        Path starts = scratch.resolve("starts");
        Throwable failure =
                failure("grep listeners.tcp \"$RABBITMQ_CONFIG_FILE\" >> " + starts, "echo 'Failed: eaddrinuse'");

        assertThat(failure).hasMessageContaining("eaddrinuse");
        assertThat(Files.readAllLines(starts)).hasSize(3).doesNotHaveDuplicates();
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aChosenPortLostToSomebodyElseIsNotTriedAgain() throws IOException {
        Path starts = scratch.resolve("starts");
        RabbitMqInstallation installation =
                FakeInstallation.serving(bin, "echo started >> " + starts, "echo 'Failed: eaddrinuse'");
        LocalRabbitMqOptions options =
                options().port(NodePorts.free(OptionalInt.empty(), List.of()).amqp());

        assertThatThrownBy(() -> LocalRabbitMq.start(installation, options)).hasMessageContaining("eaddrinuse");
        assertThat(Files.readAllLines(starts)).hasSize(1);
    }

    @Test
    void aBaseThatIsNoDirectoryIsReported() throws IOException {
        Path file = Files.createFile(scratch.resolve("file"));
        LocalRabbitMqOptions options = options().baseDirectory(file);

        assertThatThrownBy(() -> LocalRabbitMq.start(FakeInstallation.serving(bin, "exit 0"), options))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("nothing can be written to " + file);
    }

    @Test
    void aThreadThatIsInterruptedStartsNothing() throws IOException {
        Thread.currentThread().interrupt();

        Throwable failure = failure("exec sleep 600");

        assertThat(Thread.interrupted()).as("the flag is left for the caller").isTrue();
        assertThat(failure).hasMessageContaining("was interrupted");
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aStartThatIsInterruptedLeavesNothing() throws Exception {
        Path pid = scratch.resolve("pid");
        RabbitMqInstallation installation =
                FakeInstallation.serving(bin, "echo its last words", "echo $$ > " + pid, "exec sleep 600");
        LocalRabbitMqOptions options = options();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            failure.complete(catchThrowable(() -> LocalRabbitMq.start(installation, options)));
            flag.complete(Thread.interrupted());
        });
        starter.start();
        List<ProcessHandle> server = handles(Leftovers.awaitFile(pid, Duration.ofSeconds(10)));

        starter.interrupt();

        assertThat(failure.get(20, TimeUnit.SECONDS))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("was interrupted")
                .hasMessageContaining("its last words");
        assertThat(flag.get(1, TimeUnit.SECONDS))
                .as("the flag is left for the caller")
                .isTrue();
        Leftovers.awaitEnd(server, Duration.ofSeconds(1));
        Leftovers.assertNoFiles(base);
    }

    @Test
    void optionsThatMeanNothingAreRefused() {
        LocalRabbitMqOptions defaults = LocalRabbitMqOptions.defaults();

        assertThatThrownBy(() -> defaults.port(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.port(65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.startLimit(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.startLimit(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.stopLimit(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Throwable failure(String... serverScript) throws IOException {
        return failure(options(), serverScript);
    }

    private Throwable failureAtTheLimit(String... serverScript) throws IOException {
        return failure(options().startLimit(SHORT), serverScript);
    }

    private Throwable failure(LocalRabbitMqOptions options, String... serverScript) throws IOException {
        RabbitMqInstallation installation = FakeInstallation.serving(bin, serverScript);
        Throwable failure = catchThrowable(() -> LocalRabbitMq.start(installation, options));
        assertThat(failure).hasNoSuppressedExceptions();
        return failure;
    }

    private LocalRabbitMqOptions options() {
        return LocalRabbitMqOptions.defaults().baseDirectory(base).startLimit(LONG);
    }

    private static List<ProcessHandle> handles(Path pidFile) throws IOException {
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        return ProcessHandle.of(pid).stream().toList();
    }
}
