package dev.leveret.testkit.embedded;

import dev.leveret.testkit.BrokerStartException;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;
import org.apache.qpid.server.logging.LoggingMessageLogger;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.SystemConfig;
import org.jspecify.annotations.Nullable;

/** Listens to a starting Broker-J: which port it got, or what went wrong. */
final class StartedPort extends DefaultSystemLauncherListener {

    private volatile @Nullable SystemConfig<?> system;
    private volatile @Nullable RuntimeException failure;

    @Override
    public void onContainerResolve(SystemConfig<?> resolved) {
        system = resolved;
        // Its operational log tells of every connection, channel and queue at level INFO.
        resolved.getEventLogger().setMessageLogger(new LoggingMessageLogger(false));
    }

    @Override
    public void errorOnStartup(RuntimeException e) {
        failure = e;
    }

    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** To be called after the start. */
    int bound() {
        SystemConfig<?> started = system;
        if (failure == null && started != null) {
            for (Port<?> port : started.getContainer().getChildren(Port.class)) {
                if (port.getBoundPort() > 0) {
                    return port.getBoundPort();
                }
            }
        }
        throw new BrokerStartException(
                "The embedded broker did not start: " + (failure == null ? "it has no port" : failure), failure);
    }
}
