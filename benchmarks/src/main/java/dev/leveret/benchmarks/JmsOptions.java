package dev.leveret.benchmarks;

import dev.leveret.benchmarks.jms.JmsScenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class JmsOptions {

    static final String USAGE = """
            --rounds <n>        runs of each scenario and provider (5)
            --warm-up <s>       seconds before each measurement (5)
            --seconds <s>       seconds of each measurement (3)
            --scenarios <list>  some of them, by comma: %s
            --java <path>       the java command that the providers run with (this one)
            --broker <uri>      a RabbitMQ (one that is found or started: see the package dev.leveret.testkit)
            """.formatted(String.join(
            ",", Arrays.stream(JmsScenario.values()).map(JmsScenario::key).toList()));

    int rounds = 5;
    Duration warmUp = Duration.ofSeconds(5);
    Duration time = Duration.ofSeconds(3);
    List<JmsScenario> scenarios = List.of(JmsScenario.values());
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Nullable
    String broker;

    private JmsOptions() {}

    /** @throws IllegalArgumentException naming what cannot be understood, and what can */
    static JmsOptions parse(String... args) {
        JmsOptions options = new JmsOptions();
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--rounds" -> options.rounds = Integer.parseInt(args[++i]);
                    case "--warm-up" -> options.warmUp = seconds(args[++i]);
                    case "--seconds" -> options.time = seconds(args[++i]);
                    case "--scenarios" -> options.scenarios = scenarios(args[++i]);
                    case "--java" -> options.java = args[++i];
                    case "--broker" -> options.broker = args[++i];
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + USAGE, e);
        }
        return options;
    }

    private static Duration seconds(String value) {
        return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
    }

    private static List<JmsScenario> scenarios(String keys) {
        return Arrays.stream(keys.split(",")).map(JmsScenario::of).toList();
    }
}
