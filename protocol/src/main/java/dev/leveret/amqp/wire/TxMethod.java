package dev.leveret.amqp.wire;

/** Class 90: transactions of one channel (specification section 1.9). */
public sealed interface TxMethod extends Method {

    /** The class in method ids and content headers. */
    int CLASS_ID = 90;

    /** From now on publishes and settlements wait for a commit. */
    record Select() implements TxMethod {

        public static final int ID = CLASS_ID << 16 | 10;

        static Select read(WireReader in) {
            return new Select();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** The channel is transactional. */
    record SelectOk() implements TxMethod {

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

    /** Makes everything since the last commit or rollback happen. */
    record Commit() implements TxMethod {

        public static final int ID = CLASS_ID << 16 | 20;

        static Commit read(WireReader in) {
            return new Commit();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** It has happened. */
    record CommitOk() implements TxMethod {

        public static final int ID = CLASS_ID << 16 | 21;

        static CommitOk read(WireReader in) {
            return new CommitOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** Drops publishes and settlements since the last commit or rollback. */
    record Rollback() implements TxMethod {

        public static final int ID = CLASS_ID << 16 | 30;

        static Rollback read(WireReader in) {
            return new Rollback();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }

    /** They are dropped. */
    record RollbackOk() implements TxMethod {

        public static final int ID = CLASS_ID << 16 | 31;

        static RollbackOk read(WireReader in) {
            return new RollbackOk();
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(WireWriter out) {}
    }
}
