package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of docs/coming-from-*.md show code that is compiled and run here. The first name in a row is the key of its
 * snippets, {@code // pika: name} in the sources; a row without code says why there is none.
 */
class ComingFromTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private record Row(String key, String java, String kotlin) {}

    @ParameterizedTest
    @ValueSource(strings = {"pika", "amqp-client"})
    void theCodeOfEachRowIsRun(String client) throws IOException {
        Map<String, String> java = compiled(client, ".java");
        Map<String, String> kotlin = compiled(client, ".kt");
        for (Row row : rows(client)) {
            assertRun(row.key, row.java, java);
            assertRun(row.key, row.kotlin, kotlin);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pika", "amqp-client"})
    void allThatIsRunIsShownOnce(String client) throws IOException {
        List<String> keys = rows(client).stream().map(Row::key).toList();
        assertThat(keys)
                .doesNotHaveDuplicates()
                .containsAll(compiled(client, ".java").keySet());
        assertThat(keys).containsAll(compiled(client, ".kt").keySet());
    }

    @Test
    void nothingOfPikaIsLeftOut() throws IOException {
        String document = Files.readString(DOCS.resolve("coming-from-pika.md"));
        Set<String> named = new TreeSet<>();
        Matcher word = Pattern.compile("\\w+").matcher(document);
        while (word.find()) {
            named.add(word.group());
        }
        assertThat(named)
                .contains(Files.readString(Path.of("src/test/resources/pika-names.txt"))
                        .strip()
                        .split("\\s+"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"coming-from-pika.md", "coming-from-amqp-client.md", "examples.md", "recovery.md"})
    void everyLinkLeadsToAFile(String name) throws IOException {
        Path document = DOCS.resolve(name);
        Matcher link = Pattern.compile("]\\(([^)#]+)\\)").matcher(Files.readString(document));
        while (link.find()) {
            assertThat(document.resolveSibling(link.group(1))).exists();
        }
    }

    @Test
    void everyExampleIsListedAndEveryListedExampleIsThere() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher program = Pattern.compile("`(pika\\.\\w+|\\w+Kt|Recovering)`")
                .matcher(Files.readString(DOCS.resolve("examples.md")));
        while (program.find()) {
            listed.add(program.group(1));
        }
        Set<String> programs = new TreeSet<>();
        Path root = Path.of("src/main");
        for (Path source : sources(root, ".java", ".kt")) {
            if (Files.readString(source).matches("(?s).*(void|fun) main\\(.*")) {
                String name =
                        source.getFileName().toString().replace(".java", "").replace(".kt", "Kt");
                programs.add(source.getParent().endsWith("pika") ? "pika." + name : name);
            }
        }
        assertThat(listed).isEqualTo(programs);
    }

    private static void assertRun(String key, String cell, Map<String, String> compiled) {
        Matcher shown = CODE.matcher(cell);
        if (cell.startsWith("`") && shown.find()) {
            assertThat(compiled).containsKey(key);
            assertThat(compiled.get(key)).contains(Snippets.words(shown.group(1)));
        } else {
            assertThat(compiled).doesNotContainKey(key);
        }
    }

    private static List<Row> rows(String client) throws IOException {
        return Files.readAllLines(DOCS.resolve("coming-from-" + client + ".md")).stream()
                .filter(it -> it.startsWith("| `"))
                .map(it -> it.substring(2, it.length() - 1).split(" \\| ", -1))
                .map(it -> new Row(key(it[0]), it[1].strip(), client.equals("pika") ? it[2].strip() : ""))
                .toList();
    }

    private static String key(String cell) {
        Matcher code = CODE.matcher(cell);
        assertThat(code.find()).as(cell).isTrue();
        return code.group(1);
    }

    private static Map<String, String> compiled(String client, String ending) throws IOException {
        Map<String, String> snippets = new LinkedHashMap<>();
        for (Path source : sources(Path.of("src/test"), ending)) {
            Map<String, String> here = new HashMap<>();
            Snippets.compiled(source, client).forEach(it -> here.merge(it.key(), it.code(), String::concat));
            here.forEach((key, code) -> snippets.merge(key, Snippets.words(code), String::concat));
        }
        return snippets;
    }

    private static List<Path> sources(Path root, String... endings) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(it -> Stream.of(endings).anyMatch(it.toString()::endsWith))
                    .sorted()
                    .toList();
        }
    }
}
