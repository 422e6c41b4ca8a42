package dev.leveret.amqp.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The rows of {@code amqp-0-9-1.tbl}. */
final class SpecTable {

    /** An argument; {@code type} as in the file. */
    record Argument(String name, String type) {

        boolean reserved() {
            return name.equals("reserved");
        }

        String componentName() {
            StringBuilder camelCase = new StringBuilder();
            for (String part : name.split("-")) {
                camelCase.append(camelCase.isEmpty() ? part : capitalised(part));
            }
            return camelCase.toString();
        }
    }

    record Row(
            int classId,
            int methodId,
            String name,
            boolean sync,
            List<String> replies,
            boolean content,
            List<Argument> arguments) {

        int id() {
            return classId << 16 | methodId;
        }

        String className() {
            return capitalised(name.substring(0, name.indexOf('.'))) + "Method";
        }

        String recordName() {
            StringBuilder camelCase = new StringBuilder();
            for (String part : name.substring(name.indexOf('.') + 1).split("-")) {
                camelCase.append(capitalised(part));
            }
            return camelCase.toString();
        }

        List<Argument> components() {
            return arguments.stream().filter(argument -> !argument.reserved()).toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private SpecTable() {}

    static List<Row> rows() {
        String file = "/amqp-0-9-1.tbl";
        try (InputStream in = Objects.requireNonNull(SpecTable.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(SpecTable::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] words = line.split("\\s+");
        String[] ids = words[0].split("\\.");
        boolean sync = false;
        boolean content = false;
        List<String> replies = List.of();
        List<Argument> arguments = new ArrayList<>();
        for (int i = 2; i < words.length; i++) {
            String word = words[i];
            if (word.equals("sync")) {
                sync = true;
            } else if (word.equals("content")) {
                content = true;
            } else if (word.startsWith("reply=")) {
                replies = List.of(word.substring("reply=".length()).split(","));
            } else {
                String[] argument = word.split(":");
                arguments.add(new Argument(argument[0], argument[1]));
            }
        }
        return new Row(Integer.parseInt(ids[0]), Integer.parseInt(ids[1]), words[1], sync, replies, content, arguments);
    }

    private static String capitalised(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
