package dev.leveret.examples;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.CredentialsProvider;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.oauth2.OAuth2ClientCredentials;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the documentation of TLS and of authentication shows. Nothing here runs: there is no mq.example. */
final class SecureConnections {

    private SecureConnections() {}

    static Connection amqps() {
        // tls
        Connection connection = Amqp.connect("amqps://app:secret@mq.example/orders");
        // end
        return connection;
    }

    static ConnectionOptions trusting() {
        // tls
        ConnectionOptions trusting = AmqpUri.parse("amqps://app:secret@mq.example/orders")
                .tls(TlsOptions.builder()
                        .trustCertificates(Path.of("/etc/app/ca.pem"))
                        .build())
                .build();
        // end
        return trusting;
    }

    static ConnectionOptions mutual() {
        // tls
        ConnectionOptions mutual = AmqpUri.parse("amqps://mq.example/orders")
                .tls(TlsOptions.builder()
                        .trustCertificates(Path.of("/etc/app/ca.pem"))
                        .clientCertificate(Path.of("/etc/app/client.pem"), Path.of("/etc/app/client.key"))
                        .build())
                .credentials(Credentials.external())
                .build();
        // end
        return mutual;
    }

    static ConnectionOptions preferring() {
        // authentication
        ConnectionOptions preferring = AmqpUri.parse("amqps://mq.example/orders")
                .credentials(CredentialsProvider.inOrder(Credentials.external(), Credentials.plain("app", "secret")))
                .build();
        // end
        return preferring;
    }

    static CredentialsProvider vault() {
        // authentication
        CredentialsProvider vault =
                () -> CompletableFuture.supplyAsync(() -> List.of(Credentials.plain("app", readSecret())));
        // end
        return vault;
    }

    static Connection withToken() {
        // authentication
        OAuth2ClientCredentials tokens = OAuth2ClientCredentials.builder(
                        URI.create("https://login.example/token"), "app", readSecret())
                .scope("rabbitmq.read:*/* rabbitmq.write:*/*")
                .build();
        Connection withToken = Amqp.connect(
                AmqpUri.parse("amqps://mq.example/orders").credentials(tokens).build());
        // end
        return withToken;
    }

    private static char[] readSecret() {
        return "from wherever it is kept".toCharArray();
    }
}
