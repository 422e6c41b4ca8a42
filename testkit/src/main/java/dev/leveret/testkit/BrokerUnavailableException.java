package dev.leveret.testkit;

/** A {@link BrokerSource} has no broker to offer here: nothing is broken, something is just not there. */
public final class BrokerUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    private final String remedy;

    /**
     * Made by a source.
     *
     * @param reason why there is none, as the end of a sentence: {@code no Docker engine answers}
     * @param remedy what to do to have one, as a command to people: {@code start Docker}
     */
    public BrokerUnavailableException(String reason, String remedy) {
        super(reason);
        this.reason = reason;
        this.remedy = remedy;
    }

    /**
     * Why there is none.
     *
     * @return the end of a sentence
     */
    public String reason() {
        return reason;
    }

    /**
     * What to do about it.
     *
     * @return a command to people
     */
    public String remedy() {
        return remedy;
    }
}
