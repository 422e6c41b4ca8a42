package dev.leveret.amqp.client;

import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.TlsOptions;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What has to be said aloud of a connect that gives its secrets away more easily than its user may think. */
final class SecurityWarnings {

    /** Mechanisms whose responses anybody can read who sees them. */
    private static final Set<String> READABLE = Set.of("PLAIN", "AMQPLAIN");

    private SecurityWarnings() {}

    /** Of TLS without checks. */
    static Optional<String> unchecked(TlsOptions tls) {
        if (tls.trustsEverything()) {
            return Optional.of("TLS WITHOUT ANY CHECK of who the broker is (trustEverythingInsecurely or verify_none):"
                    + " anybody on the way can read and change everything, the password included");
        }
        if (tls.acceptsAnyHost()) {
            return Optional.of("TLS WITHOUT A CHECK of the broker's host name (withoutHostNameCheckInsecurely):"
                    + " whoever has a certificate of a trusted authority can take the broker's place");
        }
        return Optional.empty();
    }

    /** Of a password that crosses a network as it is. */
    static Optional<String> readable(List<Credentials> credentials, Endpoint endpoint, InetAddress address) {
        return credentials.stream()
                .map(Credentials::mechanism)
                .filter(READABLE::contains)
                .findFirst()
                .filter(it -> !address.isLoopbackAddress())
                .map(it -> "the password goes to " + endpoint + " unencrypted (SASL " + it
                        + " over plain TCP), for everybody on the way to read: use amqps://");
    }
}
