package dev.leveret.jms.message;

import java.util.HashSet;
import java.util.Set;

/**
 * The classes whose objects may be read from messages. None by default: reading a serialized object runs code of its
 * classes, so whoever can send a message could choose what runs.
 *
 * <p>If there are any at all, the classes of the boxed primitives, {@code String} and {@code Enum} are among them, as are
 * arrays of what is trusted. Everything else has to be named, superclasses and collections too. Immutable.
 */
public final class TrustedClasses {

    /** No class at all. */
    public static final TrustedClasses NONE = new TrustedClasses(Set.of(), Set.of(), false);

    /** Every class. */
    static final TrustedClasses EVERY = new TrustedClasses(Set.of(), Set.of(), true);

    private static final String ALL = "*";
    private static final String PACKAGE = ".*";

    private static final Set<String> VALUES = Set.of(
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.lang.Character",
            "java.lang.Number",
            "java.lang.String",
            "java.lang.Enum");

    private final Set<String> classes;
    /** Each ends with a dot. */
    private final Set<String> packages;

    private final boolean all;

    private TrustedClasses(Set<String> classes, Set<String> packages, boolean all) {
        this.classes = classes;
        this.packages = packages;
        this.all = all;
    }

    /**
     * Reads a list, such as {@code com.acme.Order,com.acme.Order$Line,java.util.ArrayList,com.acme.model.*}.
     *
     * @param list binary names of classes, or of packages with {@code .*}, which stands for their classes and those of the
     *     packages under them; or {@code *} for every class there is
     * @throws IllegalArgumentException if an entry is none of these
     */
    public static TrustedClasses parse(String list) {
        Set<String> classes = new HashSet<>();
        Set<String> packages = new HashSet<>();
        boolean all = false;
        for (String part : list.split(",", -1)) {
            String entry = part.strip();
            if (entry.equals(ALL)) {
                all = true;
            } else if (isName(entry.endsWith(PACKAGE) ? entry.substring(0, entry.length() - 2) : entry)) {
                (entry.endsWith(PACKAGE) ? packages : classes).add(entry.replace(PACKAGE, "."));
            } else {
                throw new IllegalArgumentException("'" + entry
                        + "' is neither a class, such as com.acme.Order, nor a package, such as com.acme.*");
            }
        }
        return new TrustedClasses(Set.copyOf(classes), Set.copyOf(packages), all);
    }

    private static boolean isName(String name) {
        boolean start = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (start ? !Character.isJavaIdentifierStart(c) : c != '.' && !Character.isJavaIdentifierPart(c)) {
                return false;
            }
            start = c == '.';
        }
        return !start;
    }

    /** Whether nothing is trusted. */
    boolean isNone() {
        return classes.isEmpty() && packages.isEmpty() && !all;
    }

    /** Whether everything is trusted. */
    public boolean isAll() {
        return all;
    }

    /**
     * Whether objects of a class may be read.
     *
     * @param name as {@link Class#getName} has it, also of an array
     */
    boolean trusts(String name) {
        String element = elementOf(name);
        if (element.isEmpty()) {
            return !isNone();
        }
        return all
                || classes.contains(element)
                || packages.stream().anyMatch(element::startsWith)
                || (!isNone() && VALUES.contains(element));
    }

    /** The class of an array's elements; empty for a primitive one. */
    private static String elementOf(String name) {
        int dimensions = name.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return name;
        }
        return name.startsWith("L", dimensions) && name.endsWith(";")
                ? name.substring(dimensions + 1, name.length() - 1)
                : "";
    }
}
