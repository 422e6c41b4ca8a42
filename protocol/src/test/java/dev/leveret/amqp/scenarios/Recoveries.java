package dev.leveret.amqp.scenarios;

import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.RecoveryReport;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The recoveries of a connection, to be waited for. */
final class Recoveries {

    private static final long PATIENCE_SECONDS = 40;

    private final BlockingQueue<RecoveryReport> reports = new LinkedBlockingQueue<>();

    Recoveries(Connection connection) {
        connection.async().onEvent(event -> {
            if (event instanceof ConnectionEvent.Recovered recovered) {
                reports.add(recovered.report());
            }
        });
    }

    /** The next one, when it has happened. */
    RecoveryReport next() throws InterruptedException {
        RecoveryReport report = reports.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (report == null) {
            throw new AssertionError("the connection was not recovered within " + PATIENCE_SECONDS + " s");
        }
        return report;
    }
}
