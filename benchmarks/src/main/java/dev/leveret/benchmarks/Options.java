package dev.leveret.benchmarks;

import dev.leveret.amqp.api.Transport;
import dev.leveret.benchmarks.client.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class Options {

    static final String USAGE = """
            --rounds <n>        runs of each scenario and client (5)
            --warm-up <s>       seconds before each measurement (5)
            --seconds <s>       seconds of each measurement (3)
            --scenarios <list>  some of them, by comma: %s
            --java <path>       the java command that the clients and the stub run with (this one)
            --pin, --no-pin     client on core 0, stub on core 1 (if there are two, taskset and a stub)
            --transport <name>  what Leveret's connections use: nio or epoll (nio)
            --broker <uri>      the scenario end-to-end against this RabbitMQ, nothing else
            """.formatted(
                    String.join(",", stubScenarios().stream().map(Scenario::key).toList()));

    int rounds = 5;
    Duration warmUp = Duration.ofSeconds(5);
    Duration time = Duration.ofSeconds(3);
    List<Scenario> scenarios = stubScenarios();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    String transport = "nio";

    @Nullable
    Boolean pin;

    @Nullable
    String broker;

    /** @throws IllegalArgumentException naming what cannot be understood, and what can */
    static Options parse(String... args) {
        Options options = new Options();
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--rounds" -> options.rounds = Integer.parseInt(args[++i]);
                    case "--warm-up" -> options.warmUp = seconds(args[++i]);
                    case "--seconds" -> options.time = seconds(args[++i]);
                    case "--scenarios" -> options.scenarios = scenarios(args[++i]);
                    case "--java" -> options.java = args[++i];
                    case "--pin" -> options.pin = true;
                    case "--no-pin" -> options.pin = false;
                    case "--transport" -> options.transport = transport(args[++i]);
                    case "--broker" -> options.broker = args[++i];
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + USAGE, e);
        }
        if (options.broker != null) {
            options.scenarios = List.of(Scenario.END_TO_END);
        }
        return options;
    }

    private static Duration seconds(String value) {
        return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
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
