package dev.leveret.amqp.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Class 40: exchanges, and RabbitMQ's bindings between them (specification section 1.6). */
public sealed interface ExchangeMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 40;

    /** Creates an exchange, or checks that it is as described. */
    record Declare(
            String exchange,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Declare read(WireReader in) {
            in.skip(Short.BYTES);
            return new Declare(
                    in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(exchange)
                    .shortString(type)
                    .bit(passive)
                    .bit(durable)
                    .bit(autoDelete)
                    .bit(internal)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** The exchange exists as described. */
    record DeclareOk() implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 11;

        static DeclareOk read(WireReader in) {
            return new DeclareOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** Deletes an exchange. */
    record Delete(String exchange, boolean ifUnused, boolean noWait) implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 20;

        static Delete read(WireReader in) {
            in.skip(Short.BYTES);
            return new Delete(in.shortString(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0).shortString(exchange).bit(ifUnused).bit(noWait);
        }
    }

    /** The exchange is gone. */
    record DeleteOk() implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 21;

        static DeleteOk read(WireReader in) {
            return new DeleteOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** RabbitMQ: lets messages flow from {@code source} to {@code destination}. */
    record Bind(
            String destination,
            String source,
            String routingKey,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 30;

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
                    .shortString(destination)
                    .shortString(source)
                    .shortString(routingKey)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** RabbitMQ: the binding exists. */
    record BindOk() implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 31;

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

    /** RabbitMQ: removes a binding; {@code routingKey} and {@code arguments} must be those it was made with. */
    record Unbind(
            String destination,
            String source,
            String routingKey,
            boolean noWait,
            Map<String, @Nullable Object> arguments)
            implements ExchangeMethod {

        public static final int ID = CLASS_ID << 16 | 40;

        static Unbind read(WireReader in) {
            in.skip(Short.BYTES);
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(0)
                    .shortString(destination)
                    .shortString(source)
                    .shortString(routingKey)
                    .bit(noWait)
                    .table(arguments);
        }
    }

    /** RabbitMQ: the binding is gone. Its number is 51, not 41. */
    record UnbindOk() implements ExchangeMethod {

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
