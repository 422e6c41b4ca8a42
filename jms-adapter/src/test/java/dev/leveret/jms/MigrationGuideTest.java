package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.naming.Context;
import javax.naming.InitialContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the guide says can be done, and what it names is there. */
class MigrationGuideTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Path GUIDE = DOCS.resolve("migrating-to-leveret-jms.md");

    private static List<String> blocks(Path page, String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(page))
                .results()
                .map((MatchResult it) -> it.group(1))
                .toList();
    }

    @Test
    void itsPropertiesMakeANamingServiceInWhichEverythingIsFound() throws Exception {
        assertThat(blocks(GUIDE, "properties")).hasSize(1);
        Properties properties = new Properties();
        properties.load(new StringReader(blocks(GUIDE, "properties").get(0)));
        Context context = new InitialContext(properties);
        assertThat(context.lookup("ConnectionFactory")).isInstanceOf(LeveretConnectionFactory.class);
        assertThat(context.lookup("incoming")).hasToString("queue://orders.incoming");
        assertThat(context.lookup("prices")).hasToString("topic://prices.eur");
    }

    @Test
    void everyOptionThatItNamesIsThere() throws IOException {
        String guide = Files.readString(GUIDE);
        // What stands on the left is another provider's.
        List<String> named = Pattern.compile("(?<=\\|)[^|\n]*\\|$", Pattern.MULTILINE)
                .matcher(guide)
                .results()
                .flatMap(it -> Pattern.compile("`(jms\\.[a-zA-Z]+)[=`]")
                        .matcher(it.group())
                        .results())
                .map(it -> it.group(1))
                .toList();
        assertThat(named).isNotEmpty();
        assertThat(JmsConnectionOptions.names()).containsAll(named);
    }

    @Test
    void itsCommandsNameModulesAndProgramsThatAreThere() throws IOException {
        List<String> commands = blocks(GUIDE, "sh");
        assertThat(commands).hasSize(2);
        for (String command : commands) {
            MatchResult module = Pattern.compile("-pl (\\S+)")
                    .matcher(command)
                    .results()
                    .findFirst()
                    .orElseThrow();
            MatchResult program = Pattern.compile("-Dexec.mainClass=(\\S+)")
                    .matcher(command)
                    .results()
                    .findFirst()
                    .orElseThrow();
            // Of its own, or of the module that it stands on.
            String source = "src/main/java/" + program.group(1).replace('.', '/') + ".java";
            Path own = Path.of("..", module.group(1)).resolve(source);
            assertThat(Files.exists(own) ? own : Path.of(source)).content().contains("public static void main(");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrating-to-leveret-jms.md", "jms-configuration.md"})
    void everyLinkLeadsToAPlace(String name) throws IOException {
        Path page = DOCS.resolve(name);
        for (MatchResult link : Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)")
                .matcher(Files.readString(page))
                .results()
                .toList()) {
            Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
            assertThat(target).exists();
            if (link.group(2) != null) {
                assertThat(anchors(target)).contains(link.group(2));
            }
        }
    }

    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(it -> it.startsWith("#"))
                .map(it -> it.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
