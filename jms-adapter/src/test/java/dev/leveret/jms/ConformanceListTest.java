package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Message;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/jms-conformance.md to what there is. */
class ConformanceListTest {

    private static final Path PAGE = Path.of("../docs/jms-conformance.md");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        Map<String, String> sources = sources();
        TreeSet<String> missing = new TreeSet<>();
        Matcher named = NAMED.matcher(Files.readString(PAGE));
        int count = 0;
        while (named.find()) {
            count++;
            if (!sources.getOrDefault(named.group(1), "").contains(" " + named.group(2) + "(")) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(100);
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file : (Iterable<Path>) files.filter(it -> it.toString().endsWith("Test.java"))::iterator) {
                String name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, Files.readString(file), String::concat);
            }
        }
        return sources;
    }

    @Test
    void everyInterfaceOfTheApiIsThere() throws Exception {
        String page = Files.readString(PAGE);
        List<String> interfaces = interfaces();
        assertThat(interfaces).contains("Message", "JMSContext").hasSizeGreaterThan(40);
        assertThat(interfaces).allSatisfy(it -> assertThat(page).contains("`" + it + "`"));
    }

    private static List<String> interfaces() throws Exception {
        URI jar = URI.create(
                "jar:" + Message.class.getProtectionDomain().getCodeSource().getLocation());
        try (FileSystem api = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> files = Files.list(api.getPath("jakarta/jms"))) {
            return files.map(it -> it.getFileName().toString())
                    .filter(it -> it.endsWith(".class") && !it.contains("$"))
                    .map(it -> it.replace(".class", ""))
                    .filter(ConformanceListTest::isInterface)
                    .toList();
        }
    }

    private static boolean isInterface(String name) {
        try {
            Class<?> type = Class.forName("jakarta.jms." + name, false, Message.class.getClassLoader());
            return type.isInterface() && !type.isAnnotation();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
