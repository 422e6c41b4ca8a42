package dev.leveret.benchmarks.client;

import dev.leveret.amqp.api.AmqpUri;

/** A client under measurement, with one connection: its public API, used as somebody would who knows it. */
interface Peer extends AutoCloseable {

    /** @param client one of {@link ClientRun#CLIENTS} */
    static Peer connect(String client, String uri) throws Exception {
        return switch (client) {
            case "leveret" -> new LeveretPeer(AmqpUri.parse(uri).build());
            case "amqp-client" -> new AmqpClientPeer(uri);
            default -> throw new IllegalArgumentException("no such client: " + client);
        };
    }

    /** Publishes; for one thread. */
    interface Sender {
        void send(byte[] body) throws Exception;
    }

    /** Gets the deliveries of a consumer, one at a time. */
    interface Receiver {
        void onBody(byte[] body);
    }

    /** How a consumer gets and settles deliveries. */
    enum ConsumeMode {
        /** An acknowledgement each. */
        ACK,
        AUTO_ACK,
        /** On the thread that reads the socket, where the client offers that. */
        AUTO_ACK_ON_EVENT_LOOP
    }

    Sender unconfirmed(String queue) throws Exception;

    /** Does not wait for confirms: counts them. */
    Sender confirmed(String queue, Progress confirmed) throws Exception;

    /** The same with a callback instead of a future, where the client has both. */
    Sender confirmedByCallback(String queue, Progress confirmed) throws Exception;

    /** Waits for the confirm of each message. */
    Sender oneAtATime(String queue) throws Exception;

    /** Consumes until closed. */
    AutoCloseable consume(String queue, ConsumeMode mode, int prefetch, Receiver receiver) throws Exception;

    /** Declares passively. */
    long messageCount(String queue) throws Exception;

    /** A durable queue. */
    void declareQueue(String queue) throws Exception;

    void deleteQueue(String queue) throws Exception;

    @Override
    void close() throws Exception;
}
