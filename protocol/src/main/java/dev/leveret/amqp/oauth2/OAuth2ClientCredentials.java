package dev.leveret.amqp.oauth2;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.CredentialsProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials by the client credentials grant of OAuth 2 (RFC 6749 section 4.4), for RabbitMQ with its plug-in
 * {@code rabbitmq_auth_backend_oauth2}: the token is the password of SASL PLAIN.
 *
 * <p>A token is fetched when a connection needs one. While connections are open it is fetched anew when 75 to 80 % of its
 * life are over, and each of them is given the new one by {@code connection.update-secret}. When that fails it is tried
 * again, after 1 s and then at doubling intervals of up to a minute, until the token expires; then the broker closes the
 * connections or refuses everything on them. One provider has one token: give it to all connections that may share it. A token whose life the endpoint
 * does not tell is fetched for each connect and not renewed.
 *
 * <p>Thread-safe. {@link #close} ends renewals; connections stay open until the token expires. It has no threads of its own
 * to be closed.
 */
public final class OAuth2ClientCredentials implements CredentialsProvider, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OAuth2ClientCredentials.class);

    private final TokenEndpoint endpoint;
    private final TokenRefresh refresh;

    private OAuth2ClientCredentials(Builder from) {
        HttpClient client = from.httpClient;
        if (client == null) {
            HttpClient.Builder http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(from.requestTimeout);
            if (from.sslContext != null) {
                http.sslContext(from.sslContext);
            }
            client = http.build();
        }
        endpoint = new TokenEndpoint(
                client,
                from.endpoint,
                from.clientId,
                from.clientSecret.clone(),
                from.secretInBody,
                new LinkedHashMap<>(from.parameters),
                from.requestTimeout);
        refresh = new TokenRefresh(
                endpoint::fetch,
                new SystemTime(),
                () -> ThreadLocalRandom.current().nextDouble(),
                from.listener);
        if (!"https".equalsIgnoreCase(from.endpoint.getScheme()) && !isLoopback(from.endpoint)) {
            LOG.warn(
                    "the client secret goes to {} unencrypted, for everybody on the way to read: use https://",
                    endpoint);
        }
    }

    private static boolean isLoopback(URI uri) {
        String host = String.valueOf(uri.getHost());
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /**
     * Begins the description of a provider.
     *
     * @param tokenEndpoint {@code https://...}
     * @param clientSecret is copied and kept as long as the provider
     */
    public static Builder builder(URI tokenEndpoint, String clientId, char[] clientSecret) {
        return new Builder(tokenEndpoint, clientId, clientSecret);
    }

    /** The same; see {@link #builder(URI, String, char[])}. */
    public static Builder builder(URI tokenEndpoint, String clientId, String clientSecret) {
        return builder(tokenEndpoint, clientId, clientSecret.toCharArray());
    }

    @Override
    public CompletionStage<List<Credentials>> credentials() {
        return refresh.token().thenApply(it -> List.of(new TokenCredentials(it)));
    }

    @Override
    public void onOpen(AsyncConnection connection, List<Credentials> credentials) {
        credentials.forEach(it -> {
            if (it instanceof TokenCredentials used) {
                refresh.opened(connection, used.token());
            }
        });
    }

    /** Ends renewals, and with it connects that use this provider. */
    @Override
    public void close() {
        refresh.close();
    }

    @Override
    public String toString() {
        return "OAuth2ClientCredentials[" + endpoint + "]";
    }

    private static final class SystemTime implements TokenRefresh.Time {
        @Override
        public long now() {
            return System.nanoTime();
        }

        @Override
        public void after(Duration delay, Runnable action) {
            CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(action);
        }
    }

    /** Collects what a provider needs; not thread-safe. */
    public static final class Builder {

        private final URI endpoint;
        private final String clientId;
        private final char[] clientSecret;
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private boolean secretInBody;
        private Duration requestTimeout = Duration.ofSeconds(10);
        private @Nullable SSLContext sslContext;
        private @Nullable HttpClient httpClient;
        private Consumer<TokenEvent> listener = event -> {};

        private Builder(URI endpoint, String clientId, char[] clientSecret) {
            String scheme = String.valueOf(endpoint.getScheme());
            if (!scheme.equalsIgnoreCase("https") && !scheme.equalsIgnoreCase("http") || endpoint.getHost() == null) {
                throw new IllegalArgumentException("tokenEndpoint is not of the form https://host/path");
            }
            this.endpoint = endpoint;
            this.clientId = clientId;
            this.clientSecret = clientSecret.clone();
            parameters.put("grant_type", "client_credentials");
        }

        /** What the token is to allow: names with spaces between them. */
        public Builder scope(String value) {
            return parameter("scope", value);
        }

        /** Something else that the endpoint wants to be told, such as {@code audience}. */
        public Builder parameter(String name, String value) {
            parameters.put(name, value);
            return this;
        }

        /** Sends client id and secret in the request's body, for endpoints that do not know HTTP Basic. */
        public Builder clientSecretInBody() {
            secretInBody = true;
            return this;
        }

        /** How long one request may take; 10 s by default. */
        public Builder requestTimeout(Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("requestTimeout " + value + " is not positive, or longer than 1 h");
            }
            requestTimeout = value;
            return this;
        }

        /** What to trust when talking to the endpoint, in place of the JVM's default. */
        public Builder sslContext(SSLContext value) {
            sslContext = value;
            return this;
        }

        /** The HTTP client to use, with a proxy perhaps. */
        public Builder httpClient(HttpClient value) {
            httpClient = value;
            return this;
        }

        /** Is told what happens to the token, on any thread; must not block. */
        public Builder onEvent(Consumer<TokenEvent> value) {
            listener = value;
            return this;
        }

        public OAuth2ClientCredentials build() {
            if (httpClient != null && sslContext != null) {
                throw new IllegalArgumentException("sslContext is the given httpClient's own business");
            }
            return new OAuth2ClientCredentials(this);
        }
    }
}
