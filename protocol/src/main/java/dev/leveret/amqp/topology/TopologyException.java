package dev.leveret.amqp.topology;

/** A broker does not have a topology as it should; the message lists what is wrong, a line for each entity. */
public final class TopologyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TopologyException(String message) {
        super(message);
    }
}
