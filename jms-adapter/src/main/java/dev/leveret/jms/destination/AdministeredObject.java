package dev.leveret.jms.destination;

import java.util.Map;
import java.util.TreeMap;
import javax.naming.Reference;
import javax.naming.StringRefAddr;

/** How naming services keep what an administrator makes: as a reference, which names the class that makes it again. */
public final class AdministeredObject {

    private static final String OBJECT_FACTORY = "dev.leveret.jms.jndi.LeveretObjectFactory";

    private AdministeredObject() {}

    /**
     * A reference.
     *
     * @param className of the object
     * @param addresses what makes it this object, by name
     */
    public static Reference reference(String className, Map<String, String> addresses) {
        Reference reference = new Reference(className, OBJECT_FACTORY, null);
        new TreeMap<>(addresses).forEach((type, content) -> reference.add(new StringRefAddr(type, content)));
        return reference;
    }
}
