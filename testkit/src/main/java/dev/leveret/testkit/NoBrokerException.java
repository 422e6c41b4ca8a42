package dev.leveret.testkit;

import java.util.List;
import java.util.stream.Collectors;

/** No broker of the kind asked for is to be had; the message tells what was tried, why it failed and what to do. */
public final class NoBrokerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    private final transient List<Attempt> attempts;

    /**
     * One place that was tried.
     *
     * @param source the place: {@code a RabbitMQ container}
     * @param reason why there is no broker there
     * @param remedy what to do about it; empty when nothing but reading the reason helps
     */
    public record Attempt(String source, String reason, String remedy) {}

    NoBrokerException(String wanted, String choice, List<Attempt> attempts) {
        super(text(wanted, choice, attempts));
        this.reason = oneLine(wanted, choice, attempts);
        this.attempts = List.copyOf(attempts);
    }

    /**
     * What was tried, in order.
     *
     * @return immutable; empty when the choice leaves no place to look
     */
    public List<Attempt> attempts() {
        return attempts;
    }

    /**
     * The reasons in one line, as test reports want it.
     *
     * @return such as {@code no RabbitMQ: a container: no Docker engine answers; ...}
     */
    public String reason() {
        return reason;
    }

    private static String oneLine(String wanted, String choice, List<Attempt> attempts) {
        String reasons = attempts.stream()
                .map(it -> it.source() + ": " + it.reason().lines().findFirst().orElse("no reason given"))
                .collect(Collectors.joining("; "));
        return "no " + wanted + ": " + (reasons.isEmpty() ? choice + " leaves it out" : reasons);
    }

    private static String text(String wanted, String choice, List<Attempt> attempts) {
        StringBuilder text = new StringBuilder("There is no ")
                .append(wanted)
                .append(" to be had (")
                .append(choice);
        if (attempts.isEmpty()) {
            return text.append(" leaves it out).").toString();
        }
        text.append("). Tried, in this order:");
        for (Attempt attempt : attempts) {
            text.append("\n  - ")
                    .append(attempt.source())
                    .append(": ")
                    .append(attempt.reason().indent(4).strip());
        }
        List<String> remedies = attempts.stream()
                .map(Attempt::remedy)
                .filter(it -> !it.isEmpty())
                .toList();
        if (!remedies.isEmpty()) {
            text.append("\nTo have one, ")
                    .append(String.join("; or ", remedies))
                    .append('.');
        }
        return text.toString();
    }
}
