package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about configuration says what there is. */
class ConfigurationDocumentTest {

    private static final Path PAGE = Path.of("..", "docs", "jms-configuration.md");

    private static Map<String, String> documented() throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (MatchResult row : Pattern.compile("^\\| `(jms\\.\\w+)` \\| `?([^|`]+?)`? \\| (.*) \\|$", Pattern.MULTILINE)
                .matcher(Files.readString(PAGE))
                .results()
                .toList()) {
            options.put(row.group(1), row.group(2));
        }
        return options;
    }

    @Test
    void everyOptionIsOnThePageAndNoOther() throws IOException {
        assertThat(documented().keySet()).containsExactlyInAnyOrderElementsOf(JmsConnectionOptions.names());
    }

    @Test
    void itsDefaultsAreTheDefaults() throws IOException {
        JmsConnectionOptions plain = JmsConnectionOptions.parse("amqp://localhost");
        documented().forEach((name, value) -> {
            if (!value.equals("none")) {
                assertThat(JmsConnectionOptions.parse("amqp://localhost?" + name + "=" + value)
                                .toString())
                        .as(name)
                        .isEqualTo(plain.toString());
            }
        });
        assertThat(plain.clientId()).isEmpty();
    }

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        List<String> links = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)")
                .matcher(Files.readString(PAGE))
                .results()
                .map(it -> it.group(1))
                .toList();
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(it -> assertThat(PAGE.resolveSibling(it)).exists());
    }
}
