package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens, nothing that the client says shows the password: see {@link Indiscretions} for what happens. */
class SecretsTest {

    @Test
    void thePasswordIsInNoLogLineTextExceptionOrThreadName(@TempDir Path scratch) throws Exception {
        Path output = scratch.resolve("output");
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Indiscretions.class.getName()))
                .directory(new File(scratch.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(child.waitFor(90, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(child.exitValue()).as(said).isZero();

        assertThat(said)
                .as("the client was made to talk")
                .contains("ACCESS_REFUSED")
                .contains("TRACE", "DEBUG")
                .contains("AuthenticationException", "ConnectFailedException", "IllegalArgumentException")
                .contains("WITHOUT ANY CHECK", "WITHOUT A CHECK of the broker's host name")
                .contains("TlsException", "New secret was refused", "invalid_client");
        byte[] response = ("\0guest\0" + Indiscretions.PASSWORD).getBytes(StandardCharsets.UTF_8);
        assertThat(said)
                .doesNotContain(Indiscretions.PASSWORD)
                .doesNotContain(Base64.getEncoder().encodeToString(response))
                .doesNotContain(Base64.getEncoder()
                        .encodeToString(Indiscretions.PASSWORD.getBytes(StandardCharsets.UTF_8))
                        .substring(0, 16))
                .doesNotContain(hex(response).substring(14));
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte each : bytes) {
            hex.append(String.format("%02x", each));
        }
        return hex.toString();
    }
}
