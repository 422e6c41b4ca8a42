package dev.leveret.testkit.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks a broker what it is: sends the protocol header, reads {@code connection.start}, hangs up. No login is needed,
 * and none happens. Whatever the peer does, the probe is over at its limit.
 */
public final class BrokerProbe {

    private static final byte[] PROTOCOL_HEADER = "AMQP\0\0\11\1".getBytes(StandardCharsets.ISO_8859_1);

    private BrokerProbe() {}

    /**
     * Asks the broker at an address. TLS is checked against the JVM's own trust store, host name included.
     *
     * @param address where to ask
     * @param limit how long it may take, names and TLS included
     * @return what the broker says of itself
     * @throws IOException when no AMQP 0-9-1 broker answers; the message goes on from the address, as in
     *     {@code broker:5672 speaks HTTP, not AMQP 0-9-1}
     */
    public static ServerIdentity ask(AmqpAddress address, Duration limit) throws IOException {
        Socket socket = new Socket();
        return BoundedCall.within(limit, socket, () -> talk(socket, address));
    }

    private static ServerIdentity talk(Socket tcp, AmqpAddress address) throws IOException {
        InetSocketAddress endpoint = new InetSocketAddress(address.host(), address.port());
        if (endpoint.isUnresolved()) {
            throw new UnknownHostException("is unknown: its name does not resolve");
        }
        tcp.connect(endpoint);
        Socket socket = address.tls() ? secured(tcp, address) : tcp;
        socket.getOutputStream().write(PROTOCOL_HEADER);
        return StartFrame.read(socket.getInputStream());
    }

    private static Socket secured(Socket tcp, AmqpAddress address) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket tls = (SSLSocket) factory.createSocket(tcp, address.host(), address.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }
}
