package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.TlsOptions;
import java.nio.file.Path;

/** Connects by TLS to a broker whose certificate a private authority has issued: {@code amqps://host CA.pem}. */
public final class TlsServerAuthentication {

    private TlsServerAuthentication() {}

    public static void main(String[] args) {
        System.out.println(connect(args[0], Path.of(args[1])));
    }

    static String connect(String uri, Path authority) {
        TlsOptions tls = TlsOptions.builder().trustCertificates(authority).build();
        try (Connection connection = Amqp.connect(AmqpUri.parse(uri).tls(tls).build())) {
            return "connected to " + connection.serverInfo().product();
        }
    }
}
