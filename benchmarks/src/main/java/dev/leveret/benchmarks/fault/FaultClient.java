package dev.leveret.benchmarks.fault;

/** A client under test, used as its documentation says. It opens a connection for each publisher and consumer. */
interface FaultClient {

    /** Its name and version, for the head of a column. */
    String name();

    /** A durable quorum queue with a member on each node. */
    void declareQuorumQueue(String queue) throws Exception;

    /**
     * Opens a publisher with confirms.
     *
     * @param index which node's address it begins with
     * @param forgotten to be called when the client has recovered and does not know any more what became of earlier
     *     publishes; a client that answers each of them never does
     */
    Publisher publisher(int index, Runnable forgotten) throws Exception;

    /**
     * Consumes from a queue until closed, and acknowledges each message after the receiver has taken it.
     *
     * @param index which node's address it begins with
     */
    AutoCloseable consume(int index, String queue, Receiver receiver) throws Exception;

    /** For one thread. */
    interface Publisher extends AutoCloseable {

        /**
         * Publishes without waiting for the confirm. What it throws is the verdict: the broker may or may not have it.
         *
         * @param verdict to be told what becomes of it, from any thread
         */
        void publish(String queue, byte[] body, Verdict verdict) throws Exception;
    }

    /** Is told exactly once what became of a publish, if the client keeps its books. */
    interface Verdict {

        void confirmed();

        /** The broker certainly does not have it. */
        void negative();

        /** It may or may not have it. */
        void unknown();
    }

    /** Takes messages, from any thread. */
    interface Receiver {

        /** @param marked whether it says of itself that it may be a duplicate: redelivered, or published again */
        void onMessage(byte[] body, boolean marked);
    }
}
