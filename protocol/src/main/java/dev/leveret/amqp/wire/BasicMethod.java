package dev.leveret.amqp.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Class 60: publishing, consuming, fetching and settling messages (specification section 1.8). */
public sealed interface BasicMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 60;

    /** How much may be unsettled: bytes (RabbitMQ: only 0), messages; 0 = no limit. */
    record Qos(long prefetchSize, int prefetchCount, boolean global) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Qos read(WireReader in) {
            return new Qos(in.longInt(), in.shortInt(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longInt(prefetchSize).shortInt(prefetchCount).bit(global);
        }
    }

    /** The limits hold for what is started from now on. */
    record QosOk() implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 11;

        static QosOk read(WireReader in) {
            return new QosOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** Starts a consumer; with an empty tag the server makes one up. */
    record Consume(
            String queue,
            String consumerTag,
            boolean noLocal,
            boolean noAck,
            boolean exclusive,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 20;

        static Consume read(WireReader in) {
            in.skip(Short.BYTES);
            return new Consume(in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(queue)
                    .shortString(consumerTag)
                    .bit(noLocal)
                    .bit(noAck)
                    .bit(exclusive)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** The consumer is started; deliveries follow. */
    record ConsumeOk(String consumerTag) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 21;

        static ConsumeOk read(WireReader in) {
            return new ConsumeOk(in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag);
        }
    }

    /** Ends a consumer; RabbitMQ sends it too, when the queue goes away. */
    record Cancel(String consumerTag, boolean noWait) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 30;

        static Cancel read(WireReader in) {
            return new Cancel(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag).bit(noWait);
        }
    }

    /** No delivery will follow for this consumer. */
    record CancelOk(String consumerTag) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 31;

        static CancelOk read(WireReader in) {
            return new CancelOk(in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag);
        }
    }

    /** A message for an exchange; its content follows. */
    record Publish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 40;

        static Publish read(WireReader in) {
            in.skip(Short.BYTES);
            return new Publish(in.shortString(), in.shortString(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .bit(mandatory)
                    .bit(immediate);
        }
    }

    /** A message that could not be routed comes back; its content follows. */
    record Return(int replyCode, String replyText, String exchange, String routingKey) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 50;

        static Return read(WireReader in) {
            return new Return(in.shortInt(), in.shortString(), in.shortString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(replyCode).shortString(replyText).shortString(exchange).shortString(routingKey);
        }
    }

    /** A message for a consumer; its content follows. */
    record Deliver(String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey)
            implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 60;

        static Deliver read(WireReader in) {
            return new Deliver(in.shortString(), in.longLong(), in.bit(), in.shortString(), in.shortString());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag)
                    .longLong(deliveryTag)
                    .bit(redelivered)
                    .shortString(exchange)
                    .shortString(routingKey);
        }
    }

    /** Asks for one message. */
    record Get(String queue, boolean noAck) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 70;

        static Get read(WireReader in) {
            in.skip(Short.BYTES);
            return new Get(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0).shortString(queue).bit(noAck);
        }
    }

    /** The message asked for; {@code messageCount} more are ready. Its content follows. */
    record GetOk(long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount)
            implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 71;

        static GetOk read(WireReader in) {
            return new GetOk(in.longLong(), in.bit(), in.shortString(), in.shortString(), in.longInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public boolean hasContent() {
            return true;
        }

        @Override
        public void write(WireWriter out) {
            out.longLong(deliveryTag)
                    .bit(redelivered)
                    .shortString(exchange)
                    .shortString(routingKey)
                    .longInt(messageCount);
        }
    }

    /** No message is ready. */
    record GetEmpty() implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 72;

        static GetEmpty read(WireReader in) {
            in.skipShortString();
            return new GetEmpty();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortString("");
        }
    }

    /** Settles a delivery, or confirms a publish; with {@code multiple} all up to the tag, with tag 0 all. */
    record Ack(long deliveryTag, boolean multiple) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 80;

        static Ack read(WireReader in) {
            return new Ack(in.longLong(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longLong(deliveryTag).bit(multiple);
        }
    }

    /** Refuses one delivery. */
    record Reject(long deliveryTag, boolean requeue) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 90;

        static Reject read(WireReader in) {
            return new Reject(in.longLong(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longLong(deliveryTag).bit(requeue);
        }
    }

    /** {@link Recover} without an answer; deprecated by the specification. */
    record RecoverAsync(boolean requeue) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 100;

        static RecoverAsync read(WireReader in) {
            return new RecoverAsync(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.bit(requeue);
        }
    }

    /** Asks for all unsettled messages of the channel again. */
    record Recover(boolean requeue) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 110;

        static Recover read(WireReader in) {
            return new Recover(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.bit(requeue);
        }
    }

    /** The unsettled messages are back. */
    record RecoverOk() implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 111;

        static RecoverOk read(WireReader in) {
            return new RecoverOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** RabbitMQ: refuses deliveries, or says that a publish failed; tags as in {@link Ack}. */
    record Nack(long deliveryTag, boolean multiple, boolean requeue) implements BasicMethod {

        public static final int ID = CLASS_ID << 16 | 120;

        static Nack read(WireReader in) {
            return new Nack(in.longLong(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longLong(deliveryTag).bit(multiple).bit(requeue);
        }
    }
}
