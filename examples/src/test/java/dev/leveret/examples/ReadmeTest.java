package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reader copies from the README is what the examples' own tests run. */
class ReadmeTest {

    private static final Path README = Path.of("..", "README.md");

    @ParameterizedTest
    @CsvSource({
        "kotlin, kotlin/dev/leveret/examples/FlowConsumer.kt, 0",
        "java,   java/dev/leveret/examples/HelloJava.java,     0",
        "java,   java/dev/leveret/examples/HelloJms.java,      1",
    })
    void aSnippetIsTheProgramThatIsTested(String language, String source, int index) throws IOException {
        assertThat(Snippets.shown(README, language).get(index))
                .isEqualTo(Snippets.compiled(Path.of("src/main").resolve(source), "snippet")
                        .get(0)
                        .code());
    }

    @Test
    void bothCommandsAreMarkedForTheScriptThatRunsThem() throws IOException {
        assertThat(Files.readString(README))
                .contains("<!-- run -->\n```sh\nmvn ")
                .contains("<!-- test -->\n```sh\nmvn ");
    }

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        Matcher link = Pattern.compile("]\\(([^)#]+)\\)").matcher(Files.readString(README));
        while (link.find()) {
            assertThat(README.resolveSibling(link.group(1))).exists();
        }
    }
}
