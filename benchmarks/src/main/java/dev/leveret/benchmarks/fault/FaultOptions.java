package dev.leveret.benchmarks.fault;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class FaultOptions {

    static final String USAGE = """
            --client <name>      leveret, amqp-client or both (both)
            --messages <n>       confirmed messages, at least (1000000)
            --faults <n>         things to break meanwhile (50)
            --seed <n>           decides which, and when within a message (1)
            --nodes <n>          of the cluster (3)
            --publishers <n>     with a connection each (4)
            --queues <n>         quorum queues, with a consumer each on a connection of its own (3)
            --window <n>         publishes without verdict per publisher (500)
            --backlog <n>        messages confirmed and not consumed (5000)
            --bytes <n>          size of a message (128)
            --rate <n>           new messages per second of all publishers, at most (0: as many as can be had)
            --heartbeat <s>      of all connections (2)
            --gap <s>            over how long rates are taken before and after a fault (2)
            --patience <s>       when to give up waiting (60)
            --replay             has Leveret publish again what was not confirmed when a connection was lost
            --server <path>      RabbitMQ's rabbitmq-server script (the one installed)
            --launcher <path>    a command that runs rabbitmq-server, rabbitmqctl and epmd of another release
            """;

    List<String> clients = List.of(FaultBench.AMQP_CLIENT, FaultBench.LEVERET);
    long messages = Workload.DEFAULT.messages();
    int faults = 50;
    long seed = 1;
    int nodes = 3;
    int publishers = Workload.DEFAULT.publishers();
    int queues = Workload.DEFAULT.queues();
    int window = Workload.DEFAULT.window();
    int backlog = Workload.DEFAULT.backlog();
    int bytes = Workload.DEFAULT.bytes();
    int rate = Workload.DEFAULT.rate();
    Duration heartbeat = Duration.ofSeconds(2);
    Duration gap = Workload.DEFAULT.gap();
    Duration patience = Workload.DEFAULT.patience();

    boolean replay;

    @Nullable
    String server;

    @Nullable
    String launcher;

    private FaultOptions() {}

    /** @throws IllegalArgumentException naming what cannot be understood, and what can */
    static FaultOptions parse(String... args) {
        FaultOptions options = new FaultOptions();
        try {
            for (int i = 0; i < args.length; i++) {
                if (args[i].equals("--replay")) {
                    options.replay = true;
                } else {
                    options.set(args[i], args[++i]);
                }
            }
            options.workload();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + USAGE, e);
        }
        return options;
    }

    private void set(String name, String value) {
        switch (name) {
            case "--client" -> clients = clients(value);
            case "--messages" -> messages = Long.parseLong(value);
            case "--faults" -> faults = Integer.parseInt(value);
            case "--seed" -> seed = Long.parseLong(value);
            case "--nodes" -> nodes = Integer.parseInt(value);
            case "--publishers" -> publishers = Integer.parseInt(value);
            case "--queues" -> queues = Integer.parseInt(value);
            case "--window" -> window = Integer.parseInt(value);
            case "--backlog" -> backlog = Integer.parseInt(value);
            case "--bytes" -> bytes = Integer.parseInt(value);
            case "--rate" -> rate = Integer.parseInt(value);
            case "--heartbeat" -> heartbeat = Duration.ofSeconds(Long.parseLong(value));
            case "--gap" -> gap = Duration.ofSeconds(Long.parseLong(value));
            case "--patience" -> patience = Duration.ofSeconds(Long.parseLong(value));
            case "--server" -> server = value;
            case "--launcher" -> launcher = value;
            default -> throw new IllegalArgumentException("unknown option " + name);
        }
    }

    private static List<String> clients(String value) {
        return switch (value) {
            case "both" -> List.of(FaultBench.AMQP_CLIENT, FaultBench.LEVERET);
            case FaultBench.AMQP_CLIENT, FaultBench.LEVERET -> List.of(value);
            default -> throw new IllegalArgumentException("no such client: " + value);
        };
    }

    Workload workload() {
        return new Workload(messages, publishers, queues, window, backlog, bytes, rate, gap, patience);
    }
}
