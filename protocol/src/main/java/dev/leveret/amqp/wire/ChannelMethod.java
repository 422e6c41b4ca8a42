package dev.leveret.amqp.wire;

/** Class 20: opens, pauses and closes the channel that the frame is on (specification section 1.5). */
public sealed interface ChannelMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 20;

    /** Opens the channel that carries this frame. */
    record Open() implements ChannelMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Open read(WireReader in) {
            in.skipShortString();
            return new Open();
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

    /** The channel is ready. */
    record OpenOk() implements ChannelMethod {

        public static final int ID = CLASS_ID << 16 | 11;

        static OpenOk read(WireReader in) {
            in.skipLongString();
            return new OpenOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.longString(new byte[0]);
        }
    }

    /** Asks the peer to stop ({@code active=false}) or to go on with sending content. */
    record Flow(boolean active) implements ChannelMethod {

        public static final int ID = CLASS_ID << 16 | 20;

        static Flow read(WireReader in) {
            return new Flow(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.bit(active);
        }
    }

    /** Confirms what was asked for. */
    record FlowOk(boolean active) implements ChannelMethod {

        public static final int ID = CLASS_ID << 16 | 21;

        static FlowOk read(WireReader in) {
            return new FlowOk(in.bit());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.bit(active);
        }
    }

    /** Ends the channel, and says which method was to blame; class and method are 0 if none was. */
    record Close(int replyCode, String replyText, int classId, int methodId) implements ChannelMethod {

        public static final int ID = CLASS_ID << 16 | 40;

        static Close read(WireReader in) {
            return new Close(in.shortInt(), in.shortString(), in.shortInt(), in.shortInt());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {
            out.shortInt(replyCode).shortString(replyText).shortInt(classId).shortInt(methodId);
        }
    }

    /** The channel is closed; its number can be used again. */
    record CloseOk() implements ChannelMethod {

        public static final int ID = CLASS_ID << 16 | 41;

        static CloseOk read(WireReader in) {
            return new CloseOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }
}
