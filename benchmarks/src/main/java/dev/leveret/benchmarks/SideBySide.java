package dev.leveret.benchmarks;

import dev.leveret.benchmarks.client.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients that stay, each in its JVM, and take short turns: what else the machine does then meets them all, where runs of some
 * seconds, minutes apart, may differ by more than the clients. For scenarios in which waiting is most of what happens.
 */
final class SideBySide implements AutoCloseable {

    private final List<Client> clients = new ArrayList<>();
    private final Timer limits = new Timer("limits", true);
    private final Duration limit;

    /** @param limit how long a turn, or a warm-up, may take */
    SideBySide(Duration limit) {
        this.limit = limit;
    }

    /** Takes a client in, whose process says that it is warm by its first line. */
    void add(Process process, String name) throws IOException {
        Client client = new Client(process, name);
        clients.add(client);
        client.line(); // "warm"
    }

    /** Gives each client so many turns, in another order from round to round. */
    Rounds.Outcome run(int rounds, Duration turn) throws IOException, InterruptedException {
        List<Result> results = new ArrayList<>();
        List<Double> loads = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            loads.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            for (Client client : clients) {
                Result result = client.turn(turn);
                System.err.println("round " + round + " " + result.toLine());
                results.add(result);
            }
            Collections.reverse(clients);
        }
        for (Client client : clients) {
            client.end();
        }
        return new Rounds.Outcome(results, loads);
    }

    @Override
    public void close() {
        limits.cancel();
        clients.forEach(it -> it.process.destroyForcibly());
    }

    private final class Client {

        private final Process process;
        private final String name;
        private final BufferedReader output;
        private final Writer turns;

        Client(Process process, String name) {
            this.process = process;
            this.name = name;
            this.output = process.inputReader(StandardCharsets.UTF_8);
            this.turns = process.outputWriter(StandardCharsets.UTF_8);
        }

        Result turn(Duration time) throws IOException {
            turns.write(time.toMillis() + "\n");
            turns.flush();
            return Result.parse(line());
        }

        /** It checks its counts when there are no more turns. */
        void end() throws IOException, InterruptedException {
            turns.close();
            if (next() != null
                    || !process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    || process.exitValue() != 0) {
                throw new IllegalStateException(name + " failed after its last turn");
            }
        }

        String line() throws IOException {
            String line = next();
            if (line == null) {
                throw new IllegalStateException(name + " has failed, or was ended after " + limit);
            }
            return line;
        }

        private @Nullable String next() throws IOException {
            TimerTask end = new TimerTask() {
                @Override
                public void run() {
                    process.destroyForcibly();
                }
            };
            limits.schedule(end, limit.toMillis());
            try {
                return output.readLine();
            } finally {
                end.cancel();
            }
        }
    }
}
