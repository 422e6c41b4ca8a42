package dev.leveret.testkit.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Accepts connections on the loopback device and does to each what a test tells it. */
public final class ScriptedPeer implements AutoCloseable {

    /** What to do to a connection; it is closed afterwards. */
    @FunctionalInterface
    public interface Script {
        /**
         * Talks to a client.
         *
         * @param in what it sends
         * @param out what it gets
         * @throws Exception ends the connection
         */
        void talk(InputStream in, OutputStream out) throws Exception;
    }

    private final ServerSocket server;

    private ScriptedPeer(ServerSocket server) {
        this.server = server;
    }

    public static ScriptedPeer doing(Script script) {
        try {
            ScriptedPeer peer = new ScriptedPeer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread thread = new Thread(() -> peer.serve(script), "scripted-peer");
            thread.setDaemon(true);
            thread.start();
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the protocol header, sends these bytes and hangs up. */
    public static ScriptedPeer sending(byte... bytes) {
        return doing((in, out) -> {
            in.readNBytes(8);
            out.write(bytes);
        });
    }

    /** Reads for ever and never says a word. */
    public static ScriptedPeer silent() {
        return doing((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
    }

    public int port() {
        return server.getLocalPort();
    }

    public AmqpAddress address() {
        return new AmqpAddress("127.0.0.1", port(), false);
    }

    private void serve(Script script) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                script.talk(socket.getInputStream(), socket.getOutputStream());
            } catch (Exception endOfTalk) {
                // The client hung up, or the test is over: both are what these tests are about.
                continue;
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
