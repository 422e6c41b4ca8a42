package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.TlsOptions;
import java.nio.file.Path;

/** Shows the broker a certificate, and is the user that it names: {@code amqps://host CA.pem client.pem client.key}. */
public final class TlsMutualAuthentication {

    private TlsMutualAuthentication() {}

    public static void main(String[] args) {
        System.out.println(connect(args[0], Path.of(args[1]), Path.of(args[2]), Path.of(args[3])));
    }

    static String connect(String uri, Path authority, Path certificate, Path key) {
        TlsOptions tls = TlsOptions.builder()
                .trustCertificates(authority)
                .clientCertificate(certificate, key)
                .build();
        try (Connection connection = Amqp.connect(
                AmqpUri.parse(uri).tls(tls).credentials(Credentials.external()).build())) {
            return "connected to " + connection.serverInfo().product();
        }
    }
}
