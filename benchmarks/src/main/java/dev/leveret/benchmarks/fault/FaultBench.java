package dev.leveret.benchmarks.fault;

import dev.leveret.testkit.local.LocalRabbitMqOptions;
import dev.leveret.testkit.local.RabbitMqCluster;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes with confirms through quorum queues of a cluster and consumes with acknowledgements, while its nodes are
 * killed, paused and restarted and connections are cut; then accounts for every message. Prints Markdown, with a column
 * for each client, which get the same faults one after the other, each on a new cluster.
 *
 * <p>Exits with 1 if a message is not accounted for. That RabbitMQ's Java client does not answer each publish is known,
 * and shown, and no reason.
 */
public final class FaultBench {

    static final String LEVERET = "leveret";
    static final String AMQP_CLIENT = "amqp-client";

    private FaultBench() {}

    /** See {@link FaultOptions#USAGE}. */
    public static void main(String[] args) throws Exception {
        FaultOptions options = FaultOptions.parse(args);
        set("leveret.rabbitmq.server", options.server);
        set("leveret.rabbitmq.launcher", options.launcher);
        List<FaultResult> results = new ArrayList<>();
        boolean accounted = true;
        for (String client : options.clients) {
            FaultResult result = run(client, options);
            results.add(result);
            accounted &= result.violations(client.equals(LEVERET)).isEmpty();
        }
        System.out.println(new FaultReport(results).toMarkdown());
        System.exit(accounted ? 0 : 1);
    }

    private static void set(String property, @Nullable String value) {
        if (value != null) {
            System.setProperty(property, value);
        }
    }

    static FaultResult run(String client, FaultOptions options) throws Exception {
        LocalRabbitMqOptions nodes = LocalRabbitMqOptions.defaults().startLimit(Duration.ofMinutes(3));
        try (RabbitMqCluster cluster = RabbitMqCluster.start(options.nodes, nodes);
                FaultyCluster target = new FaultyCluster(cluster)) {
            return new FaultRun(
                            connect(client, target.uris(), options),
                            target,
                            options.workload(),
                            Fault.plan(options.seed, options.faults))
                    .run();
        }
    }

    private static FaultClient connect(String client, List<URI> uris, FaultOptions options) {
        return client.equals(LEVERET)
                ? new LeveretFaultClient(uris, options.heartbeat, options.replay)
                : new AmqpClientFaultClient(uris, options.heartbeat);
    }
}
