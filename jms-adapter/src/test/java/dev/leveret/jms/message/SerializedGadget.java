package dev.leveret.jms.message;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/**
 * A class that tells when it is initialised and when an object of it is read, as those do that attacks are made of. No test
 * names it but by its name, so that it is loaded by nothing else than what reads objects.
 */
final class SerializedGadget implements Serializable {

    private static final long serialVersionUID = 1L;

    static {
        System.setProperty("dev.leveret.jms.gadget", "initialised");
    }

    private SerializedGadget() {}

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        System.setProperty("dev.leveret.jms.gadget", "read");
    }
}
