package dev.leveret.jms.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What editors propose is what there is. */
class ConfigurationMetadataTest {

    private static final Path PAGE = Path.of("..", "..", "docs", "jms-configuration.md");

    @Test
    void everyOptionOfThePageIsProposed() throws IOException {
        Set<String> wanted = Pattern.compile("^\\| `jms\\.(\\w+)` \\|", Pattern.MULTILINE)
                .matcher(Files.readString(PAGE))
                .results()
                .map(it -> "leveret.jms."
                        + it.group(1).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String each : Set.of("uri", "host", "port", "virtual-host", "username", "password", "ssl")) {
            wanted.add("leveret.jms." + each);
        }
        assertThat(proposed()).isEqualTo(wanted);
    }

    private static Set<String> proposed() throws IOException {
        Set<String> names = new TreeSet<>();
        JsonNode metadata = new ObjectMapper()
                .readTree(ConfigurationMetadataTest.class.getResourceAsStream(
                        "/META-INF/spring-configuration-metadata.json"));
        metadata.get("properties").forEach(it -> names.add(it.get("name").asText()));
        return names;
    }
}
