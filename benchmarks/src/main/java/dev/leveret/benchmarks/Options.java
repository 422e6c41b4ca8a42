package dev.leveret.benchmarks;

import dev.leveret.amqp.api.Transport;
import dev.leveret.benchmarks.client.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class Options {

    private static final int WARM_UP = 5;

    static final String USAGE = Rounds.usage(WARM_UP)
            + """
            --scenarios <list>  some of them, by comma: %s
            --side-by-side      clients stay and take turns of --seconds, as many as --rounds
            --pin, --no-pin     client on core 0, stub on core 1 (if there are two, taskset and a stub)
            --transport <name>  what Leveret's connections use: nio or epoll (nio)
            --broker <uri>      the scenario end-to-end against this RabbitMQ, nothing else
            """.formatted(String.join(
                    ",", stubScenarios().stream().map(Scenario::key).toList()));

    final Rounds rounds = new Rounds(WARM_UP);
    List<Scenario> scenarios = stubScenarios();
    String transport = "nio";

    boolean sideBySide;

    @Nullable
    Boolean pin;

    @Nullable
    String broker;

    /** @throws IllegalArgumentException naming what cannot be understood, and what can */
    static Options parse(String... args) {
        Options options = new Options();
        try {
            Iterator<String> words = List.of(args).iterator();
            while (words.hasNext()) {
                options.take(words.next(), words);
            }
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + USAGE, e);
        }
        if (options.broker != null) {
            options.scenarios = List.of(Scenario.END_TO_END);
        }
        return options;
    }

    private void take(String option, Iterator<String> values) {
        switch (option) {
            case "--scenarios" -> scenarios = scenarios(values.next());
            case "--side-by-side" -> sideBySide = true;
            case "--pin" -> pin = true;
            case "--no-pin" -> pin = false;
            case "--transport" -> transport = transport(values.next());
            case "--broker" -> broker = values.next();
            default -> {
                if (!rounds.take(option, values)) {
                    throw new IllegalArgumentException("unknown option " + option);
                }
            }
        }
    }

    private static String transport(String name) {
        return Transport.valueOf(name.toUpperCase(Locale.ROOT)).name().toLowerCase(Locale.ROOT);
    }

    private static List<Scenario> scenarios(String keys) {
        return Arrays.stream(keys.split(",")).map(Scenario::of).toList();
    }

    private static List<Scenario> stubScenarios() {
        List<Scenario> scenarios = new ArrayList<>(List.of(Scenario.values()));
        scenarios.remove(Scenario.END_TO_END);
        scenarios.removeIf(it -> !it.runsHere());
        return scenarios;
    }
}
