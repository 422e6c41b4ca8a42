package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class RabbitMqInstallationTest {

    @TempDir
    private Path scratch;

    @Test
    void aConfiguredServerThatIsNotRabbitMqsOwnScriptIsAnError() {
        Path wrapper = FakeInstallation.script(scratch.resolve("sbin/rabbitmq-server"), "exit 1");

        assertThatThrownBy(() -> find(Map.of("LEVERET_RABBITMQ_SERVER", wrapper.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrapper.toString())
                .hasMessageContaining("rabbitmq-env");
        assertThatThrownBy(() -> find(Map.of("LEVERET_RABBITMQ_SERVER", "/no/such/rabbitmq-server")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHomeIsFoundBeforeThePath() throws Exception {
        Path home = install(scratch.resolve("home/sbin"));
        Path other = install(scratch.resolve("other"));
        epmdIn(scratch.resolve("erlang"));

        RabbitMqInstallation found = find(Map.of(
                "RABBITMQ_HOME", scratch.resolve("home").toString(), "PATH", other + ":" + scratch.resolve("erlang")));

        assertThat(found)
                .isEqualTo(new RabbitMqInstallation(
                        home.resolve("rabbitmq-server"), home.resolve("rabbitmqctl"), scratch.resolve("erlang/epmd")));
    }

    @Test
    void aPackagesWrapperInThePathIsPassedOverForTheRealScript() throws Exception {
        Path real = install(scratch.resolve("real"));
        FakeInstallation.script(scratch.resolve("sbin/rabbitmq-server"), "echo 'only root should run this'; exit 1");
        epmdIn(scratch.resolve("erlang"));

        RabbitMqInstallation found =
                find(Map.of("PATH", scratch.resolve("sbin") + ":" + real + ":" + scratch.resolve("erlang")));

        assertThat(found.server()).isEqualTo(real.resolve("rabbitmq-server"));
    }

    @Test
    void aLinkToTheRealScriptIsFollowed() throws Exception {
        Path real = install(scratch.resolve("cellar/sbin"));
        Path linked = Files.createDirectories(scratch.resolve("linked"));
        Files.createSymbolicLink(linked.resolve("rabbitmq-server"), real.resolve("rabbitmq-server"));
        epmdIn(linked);

        assertThat(find(Map.of("PATH", linked.toString())).ctl())
                .isEqualTo(real.toRealPath().resolve("rabbitmqctl"));
    }

    @Test
    void aLauncherRunsAllPrograms() throws Exception {
        Path launcher = FakeInstallation.script(scratch.resolve("other release"), "exec \"$@\"");

        RabbitMqInstallation found = find(Map.of("LEVERET_RABBITMQ_LAUNCHER", launcher.toString()));

        assertThat(found.command(found.ctl())).containsExactly(launcher.toString(), "rabbitmqctl");
        assertThat(found.command(found.server())).containsExactly(launcher.toString(), "rabbitmq-server");
        assertThat(found.command(found.epmd())).containsExactly(launcher.toString(), "epmd");
    }

    @Test
    void aLauncherThatCannotBeRunIsAnError() {
        assertThatThrownBy(() -> find(Map.of("LEVERET_RABBITMQ_LAUNCHER", "/no/such/launcher")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leveret.rabbitmq.launcher is '/no/such/launcher'");
    }

    @Test
    void aNodeIsStartedByItsLauncherWithEverythingItHas() throws Exception {
        FakeInstallation.serving(scratch.resolve("elsewhere"), "echo \"this is $RABBITMQ_NODENAME\"", "exit 1");
        Path launcher = FakeInstallation.script(
                scratch.resolve("other release"), "cd '" + scratch.resolve("elsewhere") + "'", "exec \"./$@\"");
        RabbitMqInstallation found = find(Map.of("LEVERET_RABBITMQ_LAUNCHER", launcher.toString()));

        assertThatThrownBy(() -> LocalRabbitMq.start(
                        found, LocalRabbitMqOptions.defaults().baseDirectory(scratch.toRealPath())))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining(launcher + " rabbitmq-server")
                .hasMessageContaining("this is leveret-rabbitmq-");
    }

    @Test
    void aChoiceThatLeavesPrivateNodesOutIsTheReasonToSkip() {
        Properties properties = new Properties();
        properties.setProperty("leveret.broker", "embedded");

        assertThat(LocalRabbitMq.skipReason(new Settings(properties, Map.of())))
                .contains("leveret.broker=embedded leaves private nodes out");
    }

    @Test
    void aReasonToSkipIsAFailureWhereRabbitMqIsRequired() {
        Properties properties = new Properties();
        properties.setProperty("leveret.broker", "embedded");
        properties.setProperty("leveret.rabbitmq.required", "true");

        assertThatThrownBy(() -> LocalRabbitMq.skipReason(new Settings(properties, Map.of())))
                .isInstanceOf(BrokerStartException.class)
                .hasMessage("RabbitMQ is required, but leveret.broker=embedded leaves private nodes out.");
    }

    private static RabbitMqInstallation find(Map<String, String> variables) throws BrokerUnavailableException {
        return RabbitMqInstallation.find(new Settings(new Properties(), variables));
    }

    private static Path install(Path bin) {
        for (String name : new String[] {"rabbitmq-server", "rabbitmq-env", "rabbitmqctl"}) {
            FakeInstallation.script(bin.resolve(name), "exit 0");
        }
        return bin;
    }

    private static void epmdIn(Path directory) throws IOException {
        FakeInstallation.script(Files.createDirectories(directory).resolve("epmd"), "exit 0");
    }
}
