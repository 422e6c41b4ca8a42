package dev.leveret.jms;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@link Doctor} has found. Immutable.
 *
 * @param broker such as {@code RabbitMQ 4.0.5}
 * @param findings about the broker, and behind that about each queue
 */
public record Diagnosis(String broker, List<Finding> findings) {

    /** How much something matters. */
    public enum Severity {
        /** It works. */
        FINE,
        /** It works otherwise than one may think. */
        NOTE,
        /** It works until something goes wrong. */
        WARNING,
        /** It does not work. */
        PROBLEM
    }

    /**
     * One finding.
     *
     * @param subject the broker, a permission, a queue
     * @param statement what is so
     * @param advice what to do about it; empty if nothing is to be done
     */
    public record Finding(Severity severity, String subject, String statement, String advice) {

        @Override
        public String toString() {
            return String.format("%-8s %s: %s", severity, subject, statement)
                    + (advice.isEmpty() ? "" : System.lineSeparator() + "         -> " + advice);
        }
    }

    /** A diagnosis. */
    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** The most severe of all findings. */
    public Severity worst() {
        return findings.stream()
                .map(Finding::severity)
                .max(Comparator.naturalOrder())
                .orElse(Severity.FINE);
    }

    /** What was found about a subject, such as {@code queue://orders}. */
    public List<Finding> about(String subject) {
        return findings.stream().filter(it -> it.subject().equals(subject)).toList();
    }

    /** A report for people, with a line or two for each finding. */
    @Override
    public String toString() {
        return findings.stream()
                .map(Finding::toString)
                .collect(Collectors.joining(System.lineSeparator(), broker + System.lineSeparator(), ""));
    }
}
