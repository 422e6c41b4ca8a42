package dev.leveret.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Pieces of code that the documentation shows, in sources that are compiled and run. One begins behind a line
 * {@code // topic} or {@code // topic: key}, and ends before {@code // end}, the next of its topic, or the end of the block
 * that it is in.
 */
final class Snippets {

    record Snippet(String key, String code) {}

    private Snippets() {}

    static List<Snippet> compiled(Path source, String topic) throws IOException {
        List<Snippet> snippets = new ArrayList<>();
        List<String> code = new ArrayList<>();
        String key = null;
        int indent = 0;
        for (String line : Files.readAllLines(source)) {
            boolean marker = line.strip().equals("// " + topic) || line.strip().startsWith("// " + topic + ": ");
            boolean leaves = !line.isBlank() && indentOf(line) < indent;
            if (key != null && (marker || leaves || line.strip().equals("// end"))) {
                snippets.add(new Snippet(key, withoutIndent(code)));
                code.clear();
                key = null;
            }
            if (marker) {
                key = line.strip().substring(("// " + topic).length()).replaceFirst("^: ", "");
                indent = indentOf(line);
            } else if (key != null) {
                code.add(line);
            }
        }
        return snippets;
    }

    /** The blocks of a language in a document. */
    static List<String> shown(Path document, String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(document))
                .results()
                .map((MatchResult it) -> it.group(1))
                .toList();
    }

    /** Without what the formatter decides. */
    static String words(String code) {
        return code.replaceAll("[\\s;]+", "");
    }

    private static int indentOf(String line) {
        return line.length() - line.stripLeading().length();
    }

    private static String withoutIndent(List<String> lines) {
        int indent = lines.stream()
                .filter(it -> !it.isBlank())
                .mapToInt(Snippets::indentOf)
                .min()
                .orElse(0);
        return lines.stream()
                .map(it -> it.isBlank() ? "" : it.substring(indent))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
