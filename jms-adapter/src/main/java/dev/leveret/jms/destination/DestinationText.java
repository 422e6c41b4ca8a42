package dev.leveret.jms.destination;

import jakarta.jms.InvalidDestinationException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Destinations as applications write them, who may have learnt it from another provider: {@code orders},
 * {@code queue://orders}, {@code queue:///orders?targetClient=1} as IBM MQ has it, {@code queue://orders?consumer.prefetchSize=1}
 * as ActiveMQ has it. A name without a scheme is taken as it is, whatever characters it has.
 *
 * <p>Options are read and none is obeyed: those that change nothing here are accepted, and so are values that ask for what
 * happens anyway. What asks for something else is refused, as are names that nobody knows.
 */
final class DestinationText {

    /** How messages are encoded elsewhere, and how fast; nothing that an application could tell. */
    private static final Set<String> HARMLESS = Set.of(
            "CCSID",
            "encoding",
            "failIfQuiesce",
            "mdMessageContext",
            "mdReadEnabled",
            "mdWriteEnabled",
            "putAsyncAllowed",
            "readAheadAllowed",
            "readAheadClosePolicy",
            "receiveCCSID",
            "receiveConversion",
            "targetClient",
            "consumer.dispatchAsync",
            "consumer.maximumPendingMessageLimit",
            "consumer.prefetchSize");

    /** Values that say what is done anyway, and what does the rest. */
    private record Meaning(Set<String> usual, String instead) {}

    private static final Map<String, Meaning> MEANINGFUL = Map.of(
            "expiry", new Meaning(Set.of("-2"), "use setTimeToLive of the producer"),
            "persistence", new Meaning(Set.of("-1", "-2"), "use setDeliveryMode of the producer"),
            "priority", new Meaning(Set.of("-1", "-2"), "use setPriority of the producer"),
            "consumer.exclusive",
                    new Meaning(
                            Set.of("false"), "declare the queue with x-single-active-consumer, which does the same"),
            "consumer.noLocal", new Meaning(Set.of("false"), "say so when creating the consumer"),
            "consumer.priority", new Meaning(Set.of("0"), "consumers of Jakarta Messaging have no priority here"),
            "consumer.retroactive", new Meaning(Set.of("false"), "what was sent before a subscription is not kept"),
            "consumer.selector", new Meaning(Set.of(), "give the selector when creating the consumer"));

    private DestinationText() {}

    /**
     * The name in what stands behind {@code queue://} or {@code topic://}.
     *
     * @param whole all of it, for errors
     * @throws InvalidDestinationException if it has an option that is not known or cannot be obeyed
     */
    static String name(String whole, String rest) throws InvalidDestinationException {
        // Between the second and the third slash IBM MQ has the queue manager, which is mostly left out.
        String path = rest.startsWith("/") ? rest.substring(1) : rest;
        int question = path.indexOf('?');
        if (question < 0) {
            return path;
        }
        for (String option : path.substring(question + 1).split("&", -1)) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new InvalidDestinationException("an option in '" + whole + "' is not of the form name=value; a"
                        + " name with a question mark is written without the scheme");
            }
            require(whole, option.substring(0, equals), option.substring(equals + 1));
        }
        return path.substring(0, question);
    }

    private static void require(String whole, String option, String value) throws InvalidDestinationException {
        if (HARMLESS.contains(option)) {
            return;
        }
        Meaning meaning = MEANINGFUL.get(option);
        if (meaning == null) {
            Set<String> known = new TreeSet<>(HARMLESS);
            known.addAll(new TreeMap<>(MEANINGFUL).keySet());
            throw new InvalidDestinationException(
                    "unknown option '" + option + "' in '" + whole + "'" + NearestName.hint(option, known));
        }
        if (!meaning.usual().contains(value)) {
            throw new InvalidDestinationException(
                    "option " + option + "=" + value + " in '" + whole + "' cannot be obeyed: " + meaning.instead());
        }
    }
}
