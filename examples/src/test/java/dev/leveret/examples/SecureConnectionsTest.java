package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The snippets in the documentation of TLS and of authentication are code that compiles, and which makes sense. */
class SecureConnectionsTest {

    private static final Path SOURCE = Path.of("src/main/java/dev/leveret/examples/SecureConnections.java");

    @ParameterizedTest
    @ValueSource(strings = {"tls", "authentication"})
    void theSnippetsAreThoseOfTheProgram(String topic) throws IOException {
        assertThat(Snippets.shown(Path.of("..", "docs", topic + ".md"), "java"))
                .extracting(Snippets::words)
                .isNotEmpty()
                .isEqualTo(Snippets.compiled(SOURCE, topic).stream()
                        .map(it -> Snippets.words(it.code()))
                        .toList());
    }

    @Test
    void theOptionsAreWhatTheyLookLike() {
        assertThat(SecureConnections.trusting().tls()).isPresent();
        assertThat(SecureConnections.mutual().credentials()).hasToString("EXTERNAL");
        assertThat(SecureConnections.preferring().credentials()).hasToString("[EXTERNAL, PLAIN(app, ***)]");
        assertThat(SecureConnections.vault().credentials().toCompletableFuture().join())
                .hasSize(1);
    }
}
