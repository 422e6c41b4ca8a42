package dev.leveret.amqp.api;

import dev.leveret.amqp.table.FieldTable;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a message: the 14 of AMQP 0-9-1's class {@code basic} (specification section 1.8.3), immutable.
 *
 * <p>What the broker itself looks at: {@code headers} (headers exchanges, {@code CC}, {@code BCC}), {@code deliveryMode},
 * {@code priority}, {@code expiration}, {@code userId} (must be the connection's user) and {@code replyTo} (direct
 * reply-to). The rest is between publisher and consumer. An absent property is {@code null}.
 *
 * <p>Header values keep their AMQP type: see {@link Builder#header}. Received unsigned integers come as the next larger
 * signed type, received strings as {@code String} (or {@code byte[]} when they are not UTF-8).
 */
public final class BasicProperties {

    /** No property set. */
    public static final BasicProperties EMPTY = new Builder().build();

    private static final int PERSISTENT = 2;
    private static final String CC = "CC";
    private static final String BCC = "BCC";

    private final @Nullable String contentType;
    private final @Nullable String contentEncoding;
    private final Map<String, @Nullable Object> headers;
    private final @Nullable Integer deliveryMode;
    private final @Nullable Integer priority;
    private final @Nullable String correlationId;
    private final @Nullable String replyTo;
    private final @Nullable String expiration;
    private final @Nullable String messageId;
    private final @Nullable Instant timestamp;
    private final @Nullable String type;
    private final @Nullable String userId;
    private final @Nullable String appId;
    private final @Nullable String clusterId;

    private BasicProperties(Builder from, Map<String, @Nullable Object> headers) {
        this.contentType = from.contentType;
        this.contentEncoding = from.contentEncoding;
        this.headers = headers;
        this.deliveryMode = from.deliveryMode;
        this.priority = from.priority;
        this.correlationId = from.correlationId;
        this.replyTo = from.replyTo;
        this.expiration = from.expiration;
        this.messageId = from.messageId;
        this.timestamp = from.timestamp;
        this.type = from.type;
        this.userId = from.userId;
        this.appId = from.appId;
        this.clusterId = from.clusterId;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these properties. */
    public Builder toBuilder() {
        Builder copy = new Builder();
        copy.contentType = contentType;
        copy.contentEncoding = contentEncoding;
        copy.headers = headers;
        copy.deliveryMode = deliveryMode;
        copy.priority = priority;
        copy.correlationId = correlationId;
        copy.replyTo = replyTo;
        copy.expiration = expiration;
        copy.messageId = messageId;
        copy.timestamp = timestamp;
        copy.type = type;
        copy.userId = userId;
        copy.appId = appId;
        copy.clusterId = clusterId;
        return copy;
    }

    /** MIME type of the body, such as {@code application/json}. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** MIME encoding of the body, such as {@code gzip}. */
    public @Nullable String contentEncoding() {
        return contentEncoding;
    }

    /** The application's headers, unmodifiable; empty when there are none. */
    public Map<String, @Nullable Object> headers() {
        return headers;
    }

    /** One header's value, or {@code null} when it is absent. */
    public @Nullable Object header(String name) {
        return headers.get(name);
    }

    /** 1 = transient, 2 = persistent; other values are passed through. */
    public @Nullable Integer deliveryMode() {
        return deliveryMode;
    }

    /** Whether the broker keeps the message on disk when its queue is durable. */
    public boolean persistent() {
        return deliveryMode != null && deliveryMode == PERSISTENT;
    }

    /** 0..255; what it does is the queue's: see {@code x-max-priority} and quorum queues. */
    public @Nullable Integer priority() {
        return priority;
    }

    /** Which request this replies to. */
    public @Nullable String correlationId() {
        return correlationId;
    }

    /** The queue that a reply should go to. */
    public @Nullable String replyTo() {
        return replyTo;
    }

    /** Time to live as the wire has it: milliseconds in decimal digits. */
    public @Nullable String expiration() {
        return expiration;
    }

    public @Nullable String messageId() {
        return messageId;
    }

    /** When the message was made; whole seconds, AMQP carries no more. */
    public @Nullable Instant timestamp() {
        return timestamp;
    }

    /** The application's name for the kind of message. */
    public @Nullable String type() {
        return type;
    }

    /** The publishing user; the broker refuses a name that is not the connection's. */
    public @Nullable String userId() {
        return userId;
    }

    /** The publishing application. */
    public @Nullable String appId() {
        return appId;
    }

    /** Deprecated by the specification; carried for completeness. */
    public @Nullable String clusterId() {
        return clusterId;
    }

    /**
     * Checks what only messages that are published need: some that are received got there by other protocols.
     *
     * @throws IllegalArgumentException if {@code CC} or {@code BCC} is anything but a list of strings: RabbitMQ closes the
     *     channel over it, or ignores the key
     */
    void requirePublishable() {
        requireRoutingKeys(CC);
        requireRoutingKeys(BCC);
    }

    private void requireRoutingKeys(String header) {
        Object value = headers.get(header);
        if (value == null && !headers.containsKey(header)) {
            return;
        }
        if (!(value instanceof List<?> keys)) {
            throw new IllegalArgumentException("header " + header + " is not a list of routing keys: " + value);
        }
        for (Object key : keys) {
            if (!(key instanceof String text)) {
                throw new IllegalArgumentException("header " + header + " has a routing key that is no String: " + key);
            }
            ShortString.require("routing key in header " + header, text);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BasicProperties that
                && Objects.equals(contentType, that.contentType)
                && Objects.equals(contentEncoding, that.contentEncoding)
                && FieldValues.tablesEqual(headers, that.headers)
                && Objects.equals(deliveryMode, that.deliveryMode)
                && Objects.equals(priority, that.priority)
                && Objects.equals(correlationId, that.correlationId)
                && Objects.equals(replyTo, that.replyTo)
                && Objects.equals(expiration, that.expiration)
                && Objects.equals(messageId, that.messageId)
                && Objects.equals(timestamp, that.timestamp)
                && Objects.equals(type, that.type)
                && Objects.equals(userId, that.userId)
                && Objects.equals(appId, that.appId)
                && Objects.equals(clusterId, that.clusterId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(contentType, headers.keySet(), deliveryMode, correlationId, messageId, timestamp, type);
    }

    /** The set properties; of the headers only the names, as their values may be confidential. */
    @Override
    public String toString() {
        Map<String, Object> set = new LinkedHashMap<>();
        put(set, "contentType", contentType);
        put(set, "contentEncoding", contentEncoding);
        put(set, "headers", headers.isEmpty() ? null : headers.keySet());
        put(set, "deliveryMode", deliveryMode);
        put(set, "priority", priority);
        put(set, "correlationId", correlationId);
        put(set, "replyTo", replyTo);
        put(set, "expiration", expiration);
        put(set, "messageId", messageId);
        put(set, "timestamp", timestamp);
        put(set, "type", type);
        put(set, "userId", userId);
        put(set, "appId", appId);
        put(set, "clusterId", clusterId);
        return "BasicProperties" + set;
    }

    private static void put(Map<String, Object> set, String name, @Nullable Object value) {
        if (value != null) {
            set.put(name, value);
        }
    }

    /** Collects properties; not thread-safe. Strings are bounded by 255 bytes of UTF-8. */
    public static final class Builder {

        private static final Duration MAX_EXPIRATION = Duration.ofMillis(0xFFFF_FFFFL);

        private @Nullable String contentType;
        private @Nullable String contentEncoding;
        /** Those of properties, shared, until something is changed. */
        private Map<String, @Nullable Object> headers = Map.of();

        private @Nullable Integer deliveryMode;
        private @Nullable Integer priority;
        private @Nullable String correlationId;
        private @Nullable String replyTo;
        private @Nullable String expiration;
        private @Nullable String messageId;
        private @Nullable Instant timestamp;
        private @Nullable String type;
        private @Nullable String userId;
        private @Nullable String appId;
        private @Nullable String clusterId;

        private Builder() {}

        public Builder contentType(@Nullable String value) {
            contentType = shortString("contentType", value);
            return this;
        }

        public Builder contentEncoding(@Nullable String value) {
            contentEncoding = shortString("contentEncoding", value);
            return this;
        }

        /**
         * Adds a header, or replaces it.
         *
         * @param name up to 255 bytes of UTF-8
         * @param value a {@code Boolean, Byte, Short, Integer, Long, Float, Double, BigDecimal, String, byte[], Instant}
         *     (sent as whole seconds), {@code null}, or a {@code List} or {@code Map} of these
         * @throws IllegalArgumentException from {@link #build} if AMQP has no such type
         */
        public Builder header(String name, @Nullable Object value) {
            ownHeaders().put(name, value);
            return this;
        }

        /** Adds all of these headers: see {@link #header}. */
        public Builder headers(Map<String, ? extends @Nullable Object> values) {
            if (headers.isEmpty() && values instanceof FieldTable table) {
                headers = table;
            } else {
                ownHeaders().putAll(values);
            }
            return this;
        }

        private Map<String, @Nullable Object> ownHeaders() {
            if (!(headers instanceof LinkedHashMap)) {
                headers = new LinkedHashMap<>(headers);
            }
            return headers;
        }

        /**
         * Further routing keys for the broker to route by (header {@code CC}, "sender-selected distribution"); consumers
         * see the header. The keys replace those of an earlier call.
         */
        public Builder cc(String... routingKeys) {
            return header(CC, List.of(routingKeys));
        }

        /** The same, unseen: the broker takes the header {@code BCC} off the message. */
        public Builder bcc(String... routingKeys) {
            return header(BCC, List.of(routingKeys));
        }

        /** What consumers of a stream can filter by (header {@code x-stream-filter-value}, RabbitMQ 3.13). */
        public Builder streamFilterValue(String value) {
            return header("x-stream-filter-value", value);
        }

        /** Takes a header away; without effect if there is none of this name. */
        public Builder removeHeader(String name) {
            if (headers.containsKey(name)) {
                ownHeaders().remove(name);
            }
            return this;
        }

        /** 1 = transient, 2 = persistent. */
        public Builder deliveryMode(@Nullable Integer value) {
            deliveryMode = octet("deliveryMode", value);
            return this;
        }

        public Builder persistent(boolean value) {
            deliveryMode = value ? PERSISTENT : 1;
            return this;
        }

        /** 0..255. */
        public Builder priority(@Nullable Integer value) {
            priority = octet("priority", value);
            return this;
        }

        public Builder correlationId(@Nullable String value) {
            correlationId = shortString("correlationId", value);
            return this;
        }

        public Builder replyTo(@Nullable String value) {
            replyTo = shortString("replyTo", value);
            return this;
        }

        /** How long the message may wait in a queue; rounded down to milliseconds, at most 2^32-1 of them. */
        public Builder expiration(Duration timeToLive) {
            if (timeToLive.isNegative() || timeToLive.compareTo(MAX_EXPIRATION) > 0) {
                throw new IllegalArgumentException("expiration " + timeToLive + " is not in 0..2^32-1 ms");
            }
            expiration = Long.toString(timeToLive.toMillis());
            return this;
        }

        /** The expiration as it goes over the wire: milliseconds in decimal digits. */
        public Builder expiration(@Nullable String millis) {
            expiration = shortString("expiration", millis);
            return this;
        }

        public Builder messageId(@Nullable String value) {
            messageId = shortString("messageId", value);
            return this;
        }

        /** Cut to whole seconds. */
        public Builder timestamp(@Nullable Instant value) {
            timestamp = value == null ? null : Instant.ofEpochSecond(value.getEpochSecond());
            return this;
        }

        public Builder type(@Nullable String value) {
            type = shortString("type", value);
            return this;
        }

        public Builder userId(@Nullable String value) {
            userId = shortString("userId", value);
            return this;
        }

        public Builder appId(@Nullable String value) {
            appId = shortString("appId", value);
            return this;
        }

        public Builder clusterId(@Nullable String value) {
            clusterId = shortString("clusterId", value);
            return this;
        }

        /**
         * The properties.
         *
         * @throws IllegalArgumentException if a header is of a type that AMQP lacks
         */
        public BasicProperties build() {
            return new BasicProperties(this, FieldValues.copyTable("header", headers));
        }

        private static @Nullable String shortString(String what, @Nullable String value) {
            return value == null ? null : ShortString.require(what, value);
        }

        private static @Nullable Integer octet(String what, @Nullable Integer value) {
            if (value != null && (value < 0 || value > 255)) {
                throw new IllegalArgumentException(what + " " + value + " is not in 0..255");
            }
            return value;
        }
    }
}
