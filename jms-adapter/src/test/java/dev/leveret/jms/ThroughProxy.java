package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** JMS connections to a broker whose line can be cut, and which then come back quickly. */
final class ThroughProxy implements AutoCloseable {

    final FaultProxy proxy;

    /** Of all its connections. */
    final BlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();

    private final String uri;
    private final ReconnectBudget budget = new ReconnectBudget(100_000, Duration.ofSeconds(1));
    private final List<Connection> opened = new ArrayList<>();

    ThroughProxy(Broker broker) {
        proxy = FaultProxy.to(broker);
        uri = proxy.uri(broker.uri()).toString();
    }

    /** With options, such as {@code ?jms.prefetch=2}. */
    LeveretConnectionFactory factory(String options, Endpoint... further) {
        JmsConnectionOptions parsed = JmsConnectionOptions.parse(uri + options);
        List<Endpoint> endpoints = new ArrayList<>(parsed.amqp().endpoints());
        endpoints.addAll(List.of(further));
        JmsConnectionOptions quick = parsed.withAmqp(parsed.amqp().toBuilder()
                .endpoints(endpoints)
                .recovery(parsed.amqp()
                        .recovery()
                        .withDelay(Duration.ofMillis(5), Duration.ofMillis(100))
                        .withBudget(budget))
                .build());
        return new LeveretConnectionFactory(
                quick,
                it -> Amqp.connectAsync(it).thenApply(connection -> {
                    connection.onEvent(events::add);
                    return connection;
                }));
    }

    Connection started(String options) throws JMSException {
        Connection connection = factory(options).createConnection();
        opened.add(connection);
        connection.start();
        return connection;
    }

    /** Cuts the line and waits until one connection has come back. */
    void cut() throws InterruptedException {
        assertThat(proxy.cut(Cut.RST)).isPositive();
        awaitRecovered();
    }

    /** Waits until one connection has come back, with all that the broker did not want to give it at once. */
    void awaitRecovered() throws InterruptedException {
        RecoveryReport report = await(ConnectionEvent.Recovered.class).report();
        for (EntityOutcome locked : report.outcomes(EntityOutcome.Result.RETRYING)) {
            assertThat(await(ConnectionEvent.EntityRetried.class).outcome().result())
                    .as("%s", locked)
                    .isEqualTo(EntityOutcome.Result.RESTORED);
        }
    }

    <E extends ConnectionEvent> E await(Class<E> kind) throws InterruptedException {
        ConnectionEvent event = events.poll(OnBroker.SOON, TimeUnit.MILLISECONDS);
        while (event != null && !kind.isInstance(event)) {
            assertThat(event).isNotInstanceOf(ConnectionEvent.Closed.class);
            event = events.poll(OnBroker.SOON, TimeUnit.MILLISECONDS);
        }
        assertThat(event).as("an event %s", kind.getSimpleName()).isNotNull();
        return kind.cast(event);
    }

    @Override
    public void close() throws JMSException {
        for (Connection connection : opened) {
            connection.close();
        }
        proxy.close();
    }
}
