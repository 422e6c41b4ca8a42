package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which names properties may have (Jakarta Messaging 3.1, sections 3.5.1 and 3.8.1.1): a Java identifier that is no word of
 * the selector language and does not begin with {@code JMS}, but for the names of {@code JMSX} properties and
 * of providers' {@code JMS_} ones.
 *
 * <p>Selector words are refused as written in capitals only: programs use names such as {@code true} or {@code like}, and
 * the harm is confined to their own selectors.
 */
public final class PropertyNames {

    /** How often the message has been delivered, this time included; set on receipt. */
    public static final String DELIVERY_COUNT = "JMSXDeliveryCount";
    /** The group that the message belongs to; an ordinary property here. */
    public static final String GROUP_ID = "JMSXGroupID";
    /** The message's number in its group; an ordinary property here. */
    public static final String GROUP_SEQ = "JMSXGroupSeq";
    /** Who sent it, when the broker has verified that: AMQP {@code user-id}; set on receipt. */
    public static final String USER_ID = "JMSXUserID";
    /** What sent it: AMQP {@code app-id}; set on receipt. */
    public static final String APP_ID = "JMSXAppID";
    /** AMQP {@code content-type}, when it is not the usual one of the message's type. */
    public static final String CONTENT_TYPE = "JMS_AMQP_ContentType";
    /** AMQP {@code content-encoding}. */
    public static final String CONTENT_ENCODING = "JMS_AMQP_ContentEncoding";

    private static final Set<String> JMSX = Set.of(DELIVERY_COUNT, GROUP_ID, GROUP_SEQ, USER_ID, APP_ID);

    private static final Set<String> SELECTOR_WORDS =
            Set.of("NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE");

    private PropertyNames() {}

    /** The {@code JMSX} names that connections announce. */
    public static Set<String> jmsx() {
        return JMSX;
    }

    /** Whether a property may be called so. */
    public static boolean isValid(String name) {
        return isIdentifier(name) && !SELECTOR_WORDS.contains(name) && !isReserved(name);
    }

    /**
     * Checks a name that an application sets.
     *
     * @throws IllegalArgumentException if it is null or empty
     * @throws JMSException if it is otherwise not allowed
     */
    public static String require(@Nullable String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a property needs a name");
        }
        if (!isValid(name)) {
            throw new JMSException("a property cannot be called '" + name + "': "
                    + (isReserved(name)
                            ? "names that begin with JMS are the specification's"
                            : "it must be a Java identifier and no word of the selector language"));
        }
        return name;
    }

    /** Whether it is the specification's to give a meaning to. */
    public static boolean isReserved(String name) {
        return name.startsWith("JMS") && !name.startsWith("JMS_") && !name.startsWith("JMSX");
    }

    private static boolean isIdentifier(String name) {
        if (name.isEmpty() || !Character.isJavaIdentifierStart(name.charAt(0))) {
            return false;
        }
        // For each header of each message: no stream.
        for (int i = 1; i < name.length(); i++) {
            if (!Character.isJavaIdentifierPart(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
