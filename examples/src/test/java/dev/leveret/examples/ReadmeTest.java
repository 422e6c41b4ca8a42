package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
        assertThat(snippetsOfReadme(language).get(index))
                .isEqualTo(snippetOf(Path.of("src/main").resolve(source)));
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

    private static List<String> snippetsOfReadme(String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(README))
                .results()
                .map(it -> it.group(1))
                .toList();
    }

    private static String snippetOf(Path source) throws IOException {
        List<String> lines = Files.readAllLines(source).stream()
                .dropWhile(it -> !it.strip().equals("// snippet"))
                .skip(1)
                .takeWhile(it -> !it.strip().equals("// end"))
                .toList();
        int indent = lines.stream()
                .filter(it -> !it.isBlank())
                .mapToInt(it -> it.length() - it.stripLeading().length())
                .min()
                .orElseThrow();
        return lines.stream()
                .map(it -> it.isBlank() ? "" : it.substring(indent))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
