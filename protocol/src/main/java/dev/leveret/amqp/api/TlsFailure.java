package dev.leveret.amqp.api;

import dev.leveret.amqp.api.TlsException.Reason;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Finds out what a failed handshake means: the JDK says it in causes, alerts and words. */
final class TlsFailure {

    /** RFC 8446 section 6, in the words of every JDK. */
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

    private TlsFailure() {}

    static TlsException of(SSLEngine engine, List<String> protocols, Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof TlsException known) {
                return known;
            }
        }
        TlsException certificate = certificate(failure);
        if (certificate != null) {
            return certificate;
        }
        String words = words(failure);
        Matcher alert = ALERT.matcher(words);
        if (alert.find()) {
            return alert(alert.group(1), engine, protocols, failure);
        }
        if (words.contains("protocol version") || words.contains("No appropriate protocol")) {
            return protocol(protocols, words, failure);
        }
        if (hasSslCause(failure) && !words.contains("closed")) {
            return new TlsException(Reason.OTHER, "the TLS handshake failed: " + words, failure);
        }
        return ClientKeys.missing(engine)
                ? required("the broker dropped the connection after it asked for a client certificate in vain", failure)
                : new TlsException(
                        Reason.CLOSED,
                        "the peer dropped the connection during the TLS handshake: does this port speak TLS?",
                        failure);
    }

    private static TlsException alert(String name, SSLEngine engine, List<String> protocols, Throwable failure) {
        String told = "the broker ended the TLS handshake with the alert '" + name + "'";
        switch (name) {
            case "protocol_version" -> {
                return protocol(protocols, "it sent the alert '" + name + "'", failure);
            }
            case "certificate_required" -> {
                return required(told, failure);
            }
            case "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "certificate_expired",
                    "certificate_unknown",
                    "unknown_ca",
                    "access_denied" -> {
                return ClientKeys.missing(engine)
                        ? required(told, failure)
                        : new TlsException(
                                Reason.CLIENT_CERTIFICATE_REFUSED,
                                told + ": it does not accept the client's certificate"
                                        + " (does it trust who issued that, and is it valid?)",
                                failure);
            }
            case "unrecognized_name" -> {
                return new TlsException(
                        Reason.WRONG_HOST, told + ": it does not know the name that it was called by (SNI)", failure);
            }
            default -> {
                return ClientKeys.missing(engine)
                        ? required(told, failure)
                        : new TlsException(
                                Reason.OTHER,
                                told + ": it may have no version or cipher suite in common with this client,"
                                        + " or want a client certificate",
                                failure);
            }
        }
    }

    private static TlsException required(String told, Throwable failure) {
        return new TlsException(
                Reason.CLIENT_CERTIFICATE_REQUIRED,
                told + ": it requires a client certificate, and none is configured that suits what it asks for",
                failure);
    }

    private static TlsException protocol(List<String> protocols, String words, Throwable failure) {
        return new TlsException(
                Reason.PROTOCOL_VERSION,
                "the broker speaks no version of TLS that is allowed here, which are " + String.join(", ", protocols)
                        + ": " + words,
                failure);
    }

    /** For trust managers of the user's, around which no check of ours is. */
    private static @Nullable TlsException certificate(Throwable failure) {
        CertificateException refusal = null;
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof CertificateException found && refusal == null) {
                refusal = found;
            }
            if (each instanceof CertificateExpiredException) {
                return refused(Reason.EXPIRED, "it has expired", failure);
            }
            if (each instanceof CertificateNotYetValidException) {
                return refused(Reason.NOT_YET_VALID, "it is not valid yet", failure);
            }
            if (each instanceof CertPathBuilderException) {
                return refused(Reason.UNTRUSTED_ISSUER, "no authority that issued it is trusted", failure);
            }
        }
        if (refusal == null) {
            return null;
        }
        String words = String.valueOf(refusal.getMessage());
        boolean name = words.startsWith("No subject alternative") || words.startsWith("No name matching");
        return refused(name ? Reason.WRONG_HOST : Reason.UNFIT_CERTIFICATE, words, failure);
    }

    private static TlsException refused(Reason reason, String why, Throwable failure) {
        return new TlsException(reason, "the broker's certificate is refused: " + why, failure);
    }

    private static boolean hasSslCause(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    /** Of the innermost SSL exception, or else of the failure. */
    private static String words(Throwable failure) {
        String words = String.valueOf(failure.getMessage());
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SSLException && each.getMessage() != null) {
                words = each.getMessage();
            }
        }
        return words;
    }
}
