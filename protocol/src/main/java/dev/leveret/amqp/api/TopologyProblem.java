package dev.leveret.amqp.api;

/**
 * Something in a {@link Topology} that RabbitMQ would not do as described: see {@link Topology#problemsOn(String)}.
 *
 * @param entity what it is about
 * @param kind how bad it is
 * @param text what it is, to be read behind the entity's name: {@code "cannot be exclusive: ..."}
 */
public record TopologyProblem(TopologyEntity entity, Kind kind, String text) {

    /** What RabbitMQ does about it. */
    public enum Kind {
        /** It refuses the declaration, and closes the channel or the connection; or it would destroy messages. */
        REFUSED,
        /** It takes it, unless its operator has forbidden what is to be removed in a later version. */
        DEPRECATED,
        /** It takes it and does nothing of the kind. */
        WITHOUT_EFFECT
    }

    @Override
    public String toString() {
        return entity.describe() + " " + text;
    }
}
