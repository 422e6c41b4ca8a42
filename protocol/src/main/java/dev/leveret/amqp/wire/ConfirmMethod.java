package dev.leveret.amqp.wire;

/** Class 85: RabbitMQ's publisher confirms. */
public sealed interface ConfirmMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 85;

    /** From now on publishes on this channel are confirmed. */
    record Select(boolean noWait) implements ConfirmMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Select read(WireReader in) {
            return new Select(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.bit(noWait);
        }
    }

    /** The first publish from now on has number 1. */
    record SelectOk() implements ConfirmMethod {

        public static final int ID = CLASS_ID << 16 | 11;

        static SelectOk read(WireReader in) {
            return new SelectOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }
}
