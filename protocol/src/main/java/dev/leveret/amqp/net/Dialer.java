package dev.leveret.amqp.net;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes connections that links can speak on. On the event loop. */
public interface Dialer {

    /** Is told how a connection attempt ends. Called on the event loop. */
    interface Listener {

        void onConnected();

        /** There will be none. */
        void onNotConnected(Throwable cause);
    }

    /** A connection on its way, or made. */
    interface Transport {

        /** Ends it, whether it is connected or not. */
        void close();

        /**
         * Lets a link speak on it, from now on; the link is told when the transport has gone meanwhile.
         *
         * @param tls to be put between the two; {@code null} for plain TCP
         * @param onSecured told when the TLS handshake is done
         */
        void carry(Link link, @Nullable TlsLayer tls, Runnable onSecured);
    }

    /** Connects to an address, for as long as it takes; the listener may be called within the call. */
    Transport connect(InetSocketAddress address, Listener listener);
}
