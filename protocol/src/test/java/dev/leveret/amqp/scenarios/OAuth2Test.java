package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.oauth2.OAuth2ClientCredentials;
import dev.leveret.amqp.oauth2.TokenEvent;
import dev.leveret.amqp.oauth2.TokenRequestException;
import dev.leveret.amqp.scenarios.TokenServer.Answer;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens from an endpoint to a scripted broker; when they are renewed is {@code TokenRefreshTest}'s. */
class OAuth2Test {

    private static final String SECRET = "cl1ent s3cret&=";

    private static OAuth2ClientCredentials.Builder provider(URI endpoint) {
        return OAuth2ClientCredentials.builder(endpoint, "the client", SECRET);
    }

    // ---- endpoints that give no token -----------------------------------------------------------------------------

    static List<Arguments> refusals() {
        return List.of(
                Arguments.of(
                        new Answer(401, "{\"error\":\"invalid_client\",\"error_description\":\"who are\\nyou?\"}"),
                        401,
                        "invalid_client",
                        "who are you?"),
                Arguments.of(new Answer(400, "{\"error\":\"invalid_scope\"}"), 400, "invalid_scope", "invalid_scope"),
                Arguments.of(new Answer(503, "<html>s3cret</html>"), 503, "", "HTTP status 503"),
                Arguments.of(new Answer(302, ""), 302, "", "HTTP status 302"),
                Arguments.of(new Answer(400, "{\"error\":\"" + SECRET + " is wrong\"}"), 400, "*** is wrong", "***"),
                Arguments.of(new Answer(200, "{\"access_token\":\"s3cret\""), 200, "", "no token"),
                Arguments.of(new Answer(200, "{}"), 200, "", "no access_token"),
                Arguments.of(new Answer(200, " ".repeat(300_000)), 0, "", "longer than"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalIsTheConnectsCauseAndShowsNoSecret(Answer answer, int status, String error, String words) {
        try (TokenServer tokens = new TokenServer(number -> answer);
                FakeBrokerServer server = FakeBrokerServer.start();
                OAuth2ClientCredentials provider = provider(tokens.uri()).build()) {
            ConnectFailedException failure = catchThrowableOfType(
                    ConnectFailedException.class,
                    () -> Amqp.connect(server.options().credentials(provider).build()));
            assertThat(failure.attempts().get(0).phase()).isEqualTo(Phase.CREDENTIALS);
            assertThat(failure.attempts().get(0).cause()).isInstanceOfSatisfying(TokenRequestException.class, it -> {
                assertThat(it.status()).isEqualTo(status);
                assertThat(it.error()).isEqualTo(error);
                assertThat(it)
                        .hasMessageContaining(words)
                        .hasMessageContaining("http://127.0.0.1:")
                        .hasMessageNotContaining("tenant");
            });
            for (Throwable each = failure; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain("s3cret");
            }
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void anEndpointThatDoesNotAnswerIsNotWaitedForForever() {
        CountDownLatch never = new CountDownLatch(1);
        try (TokenServer tokens = new TokenServer(number -> {
                    never.await();
                    return new Answer(200, "");
                });
                OAuth2ClientCredentials provider = provider(tokens.uri())
                        .requestTimeout(Duration.ofMillis(300))
                        .build()) {
            Throwable failure = Futures.failure(provider.credentials().toCompletableFuture());
            assertThat(failure).isInstanceOf(TokenRequestException.class).hasMessageContaining("PT0.3S");
        }
    }

    @Test
    void anEndpointThatIsNotThereIsNamed() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = gone.getLocalPort();
        }
        try (OAuth2ClientCredentials provider =
                provider(URI.create("http://127.0.0.1:" + port + "/token")).build()) {
            Throwable failure = Futures.failure(provider.credentials().toCompletableFuture());
            assertThat(failure)
                    .isInstanceOf(TokenRequestException.class)
                    .hasMessageContaining("127.0.0.1:" + port + "/token cannot be reached");
        }
    }

    @Test
    void whatIsNoEndpointIsRefused() {
        for (String uri : List.of("ftp://h/token", "token", "https:token")) {
            assertThatThrownBy(() -> provider(URI.create(uri)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tokenEndpoint");
        }
    }

    // ---- tokens ---------------------------------------------------------------------------------------------------

    @Test
    void theEndpointIsAskedAsItsSpecificationSays() {
        try (TokenServer tokens = new TokenServer(number -> Answer.token("t" + number, 3600));
                OAuth2ClientCredentials inHead = provider(tokens.uri())
                        .scope("rabbitmq.read:*/* rabbitmq.write:*/*")
                        .parameter("audience", "rabbitmq")
                        .build();
                OAuth2ClientCredentials inBody =
                        provider(tokens.uri()).clientSecretInBody().build()) {
            Futures.await(inHead.credentials().toCompletableFuture());
            Futures.await(inBody.credentials().toCompletableFuture());
            TokenServer.Asked head = tokens.asked().get(0);
            String pair = new String(
                    java.util.Base64.getDecoder().decode(head.authorization().substring("Basic ".length())),
                    StandardCharsets.UTF_8);
            assertThat(pair).isEqualTo("the+client:cl1ent+s3cret%26%3D");
            assertThat(head.contentType()).isEqualTo("application/x-www-form-urlencoded");
            assertThat(head.form())
                    .isEqualTo("grant_type=client_credentials&scope=rabbitmq.read%3A*%2F*+rabbitmq.write%3A*%2F*"
                            + "&audience=rabbitmq");
            TokenServer.Asked body = tokens.asked().get(1);
            assertThat(body.authorization()).isEqualTo("null");
            assertThat(body.form())
                    .isEqualTo("grant_type=client_credentials&client_id=the+client&client_secret=cl1ent+s3cret%26%3D");
            assertThat(inHead.toString()).contains("/token").doesNotContain("s3cret", "tenant");
        }
    }

    @Test
    void aTokenIsThePasswordAndItsSuccessorAnUpdateOfTheSecret() {
        FakeBroker first = new FakeBroker()
                .handshake()
                .expect(ConnectionMethod.UpdateSecret.class)
                .reply(new ConnectionMethod.UpdateSecretOk())
                .polite();
        FakeBroker second = new FakeBroker()
                .handshake()
                .expect(ConnectionMethod.UpdateSecret.class)
                .reply(new ConnectionMethod.UpdateSecretOk())
                .polite();
        CountDownLatch bothOpen = new CountDownLatch(1);
        List<TokenEvent> events = new CopyOnWriteArrayList<>();
        try (TokenServer tokens = new TokenServer(number -> {
                    if (number == 2) {
                        bothOpen.await();
                    }
                    return Answer.token("t0ken-" + number, number == 1 ? 2 : 3600);
                });
                FakeBrokerServer server = FakeBrokerServer.start(first, second);
                OAuth2ClientCredentials provider =
                        provider(tokens.uri()).onEvent(events::add).build();
                Connection one =
                        Amqp.connect(server.options().credentials(provider).build());
                Connection two =
                        Amqp.connect(server.options().credentials(provider).build())) {
            bothOpen.countDown();
            server.assertDone();
            for (FakeBroker broker : List.of(first, second)) {
                List<ConnectionMethod> methods = server.ask(broker, it -> it.received(ConnectionMethod.class));
                assertThat(((ConnectionMethod.StartOk) methods.get(0)).response())
                        .isEqualTo("\0\0t0ken-1".getBytes(StandardCharsets.UTF_8));
                assertThat(((ConnectionMethod.UpdateSecret) methods.get(methods.size() - 1)).newSecret())
                        .isEqualTo("t0ken-2".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(tokens.asked()).as("one fetch for both").hasSize(2);
            assertThat(one.isOpen() && two.isOpen()).isTrue();
            assertThat(events).hasSize(2).allMatch(TokenEvent.Fetched.class::isInstance);
        }
    }

    @Test
    void aClosedProviderConnectsNobody() {
        OAuth2ClientCredentials provider =
                provider(URI.create("https://127.0.0.1/token")).build();
        provider.close();
        CompletableFuture<?> asked = provider.credentials().toCompletableFuture();
        assertThat(Futures.failure(asked))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
