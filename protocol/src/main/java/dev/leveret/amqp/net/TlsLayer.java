package dev.leveret.amqp.net;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.api.TlsException.Reason;
import dev.leveret.amqp.api.TlsOptions;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** TLS between one TCP connection and its {@link Link}. */
public final class TlsLayer {

    /** Checking a certificate may block, on whatever a user's trust manager asks: not on the event loop. */
    private static final Executor TASKS = task -> {
        Thread thread = new Thread(task, "leveret-tls");
        thread.setDaemon(true);
        thread.start();
    };

    private final TlsOptions options;
    private final SSLEngine engine;
    private boolean established;

    /** @param context what the options' {@link TlsOptions#sslContext} is now */
    public TlsLayer(TlsOptions options, SSLContext context, Endpoint endpoint) {
        this.options = options;
        this.engine = options.engine(context, endpoint.host(), endpoint.port());
    }

    SslHandler handler() {
        SslHandler handler = new SslHandler(engine, TASKS);
        // Who dials has a limit for this.
        handler.setHandshakeTimeoutMillis(0);
        return handler;
    }

    /** The handshake is done, as far as this side can see: in TLS 1.3 the broker may still refuse the client's certificate. */
    void established() {
        established = true;
    }

    boolean isEstablished() {
        return established;
    }

    /** What the failure of the handshake means. */
    AmqpException explain(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof NotSslRecordException) {
                return new TlsException(
                        Reason.NOT_TLS,
                        "the peer does not speak TLS: use amqp:// or the TLS port (5671 by default)",
                        failure);
            }
        }
        return options.explain(engine, failure);
    }

    @Override
    public String toString() {
        return engine.getSession().getProtocol() + " " + engine.getSession().getCipherSuite();
    }
}
