package dev.leveret.amqp.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Class 50: queues and their bindings to exchanges (specification section 1.7). An empty queue name means the queue
 * last declared on the channel.
 */
public sealed interface QueueMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 50;

    /** Creates a queue, or checks that it is as described; with an empty name the server makes one up. */
    record Declare(
            String queue,
            boolean passive,
            boolean durable,
            boolean exclusive,
            boolean autoDelete,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Declare read(WireReader in) {
            in.skip(Short.BYTES);
            return new Declare(in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(queue)
                    .bit(passive)
                    .bit(durable)
                    .bit(exclusive)
                    .bit(autoDelete)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** The queue exists as described, with so many messages ready and so many consumers. */
    record DeclareOk(String queue, long messageCount, long consumerCount) implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 11;

        static DeclareOk read(WireReader in) {
            return new DeclareOk(in.shortString(), in.longInt(), in.longInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(queue).longInt(messageCount).longInt(consumerCount);
        }
    }

    /** Lets messages flow from an exchange to a queue. */
    record Bind(
            String queue, String exchange, String routingKey, boolean noWait, Map<String, @Nullable Object> arguments)
            implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 20;

        static Bind read(WireReader in) {
            in.skip(Short.BYTES);
            return new Bind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(queue)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** The binding exists. */
    record BindOk() implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 21;

        static BindOk read(WireReader in) {
            return new BindOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** Removes the messages that are ready. */
    record Purge(String queue, boolean noWait) implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 30;

        static Purge read(WireReader in) {
            in.skip(Short.BYTES);
            return new Purge(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0).shortString(queue).bit(noWait);
        }
    }

    /** So many messages were removed. */
    record PurgeOk(long messageCount) implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 31;

        static PurgeOk read(WireReader in) {
            return new PurgeOk(in.longInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longInt(messageCount);
        }
    }

    /** Deletes a queue. */
    record Delete(String queue, boolean ifUnused, boolean ifEmpty, boolean noWait) implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 40;

        static Delete read(WireReader in) {
            in.skip(Short.BYTES);
            return new Delete(in.shortString(), in.bit(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0).shortString(queue).bit(ifUnused).bit(ifEmpty).bit(noWait);
        }
    }

    /** The queue is gone with so many messages. */
    record DeleteOk(long messageCount) implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 41;

        static DeleteOk read(WireReader in) {
            return new DeleteOk(in.longInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longInt(messageCount);
        }
    }

    /** Removes a binding; {@code routingKey} and {@code arguments} must be those it was made with. */
    record Unbind(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments)
            implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 50;

        static Unbind read(WireReader in) {
            in.skip(Short.BYTES);
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(queue)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .table(arguments);
        }
    }

    /** The binding is gone. */
    record UnbindOk() implements QueueMethod {

        public static final int ID = CLASS_ID << 16 | 51;

        static UnbindOk read(WireReader in) {
            return new UnbindOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }
}
