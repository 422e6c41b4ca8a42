package dev.leveret.benchmarks;

import dev.leveret.benchmarks.jms.JmsScenario;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class JmsOptions {

    /** Much is to be compiled, and there is a broker that wants the cores too. */
    private static final int WARM_UP = 15;

    static final String USAGE = Rounds.usage(WARM_UP)
            + """
            --scenarios <list>  some of them, by comma: %s
            --broker <uri>      a RabbitMQ (one that is found or started: see the package dev.leveret.testkit)
            """.formatted(String.join(
                    ",",
                    Arrays.stream(JmsScenario.values()).map(JmsScenario::key).toList()));

    final Rounds rounds = new Rounds(WARM_UP);
    List<JmsScenario> scenarios = List.of(JmsScenario.values());

    @Nullable
    String broker;

    private JmsOptions() {}

    /** @throws IllegalArgumentException naming what cannot be understood, and what can */
    static JmsOptions parse(String... args) {
        JmsOptions options = new JmsOptions();
        try {
            Iterator<String> words = List.of(args).iterator();
            while (words.hasNext()) {
                options.take(words.next(), words);
            }
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + USAGE, e);
        }
        return options;
    }

    private void take(String option, Iterator<String> values) {
        switch (option) {
            case "--scenarios" -> scenarios = scenarios(values.next());
            case "--broker" -> broker = values.next();
            default -> {
                if (!rounds.take(option, values)) {
                    throw new IllegalArgumentException("unknown option " + option);
                }
            }
        }
    }

    private static List<JmsScenario> scenarios(String keys) {
        return Arrays.stream(keys.split(",")).map(JmsScenario::of).toList();
    }
}
