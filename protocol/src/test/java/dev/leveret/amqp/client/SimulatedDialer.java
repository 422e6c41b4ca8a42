package dev.leveret.amqp.client;

import dev.leveret.amqp.net.Dialer;
import dev.leveret.amqp.net.Link;
import dev.leveret.amqp.net.TlsLayer;
import dev.leveret.amqp.testing.SimulatedLoop;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Leads to a {@link ModelBroker}, now and then only at a later attempt. */
final class SimulatedDialer implements Dialer {

    private static final int SLOWEST_MILLIS = 500;

    private final SimulatedLoop loop;
    private final Random random;
    private final ModelBroker broker;
    private int failures;

    SimulatedDialer(SimulatedLoop loop, Random random, ModelBroker broker) {
        this.loop = loop;
        this.random = random;
        this.broker = broker;
    }

    /** How many connections may still be refused, or break off before they are open. */
    void failures(int value) {
        failures = value;
    }

    private boolean fails() {
        if (failures > 0 && random.nextBoolean()) {
            failures--;
            return true;
        }
        return false;
    }

    @Override
    public Transport connect(InetSocketAddress address, Listener listener) {
        Dialled dialled = new Dialled();
        loop.later(Duration.ofMillis(random.nextInt(SLOWEST_MILLIS)), () -> {
            if (fails()) {
                listener.onNotConnected(new ConnectException("refused"));
            } else {
                listener.onConnected();
            }
        });
        return dialled;
    }

    private final class Dialled implements Transport {

        private final Wire wire = new Wire();

        @Override
        public void close() {
            wire.close();
        }

        @Override
        public void carry(Link link, @Nullable TlsLayer tls, Runnable onSecured) {
            if (!wire.isClosed()) {
                broker.accept(wire);
            }
            wire.carry(link);
            if (fails()) {
                loop.later(Duration.ofMillis(random.nextInt(SLOWEST_MILLIS)), wire::cut);
            }
        }
    }
}
