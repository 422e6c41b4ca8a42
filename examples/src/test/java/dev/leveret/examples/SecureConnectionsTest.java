package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The snippets in the documentation of TLS and of authentication are code that compiles, and which makes sense. */
class SecureConnectionsTest {

    @ParameterizedTest
    @ValueSource(strings = {"tls", "authentication"})
    void theSnippetsAreThoseOfTheProgram(String topic) throws IOException {
        String document = Files.readString(Path.of("..", "docs", topic + ".md"));
        List<String> shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(document)
                .results()
                .map(MatchResult::group)
                .map(it -> words(it.replace("```java", "").replace("```", "")))
                .toList();
        assertThat(shown).isNotEmpty().isEqualTo(compiled(topic));
    }

    @Test
    void theOptionsAreWhatTheyLookLike() {
        assertThat(SecureConnections.trusting().tls()).isPresent();
        assertThat(SecureConnections.mutual().credentials()).hasToString("EXTERNAL");
        assertThat(SecureConnections.preferring().credentials()).hasToString("[EXTERNAL, PLAIN(app, ***)]");
        assertThat(SecureConnections.vault().credentials().toCompletableFuture().join())
                .hasSize(1);
    }

    private static List<String> compiled(String topic) throws IOException {
        List<String> snippets = new ArrayList<>();
        StringBuilder current = null;
        for (String line : Files.readAllLines(Path.of("src/main/java/dev/leveret/examples/SecureConnections.java"))) {
            if (line.strip().equals("// " + topic)) {
                current = new StringBuilder();
            } else if (line.strip().equals("// end") && current != null) {
                snippets.add(words(current.toString()));
                current = null;
            } else if (current != null) {
                current.append(line).append('\n');
            }
        }
        return snippets;
    }

    /** Without what the formatter decides. */
    private static String words(String code) {
        return code.replaceAll("\\s+", "");
    }
}
