package dev.leveret.amqp.oauth2;

import dev.leveret.amqp.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks a token endpoint for a token by the client credentials grant (RFC 6749 section 4.4). */
final class TokenEndpoint {

    private static final int LONGEST_WORDS = 200;

    private final HttpClient client;
    private final URI uri;
    private final String clientId;
    private final char[] clientSecret;
    private final boolean secretInBody;
    private final Map<String, String> parameters;
    private final Duration timeout;

    TokenEndpoint(
            HttpClient client,
            URI uri,
            String clientId,
            char[] clientSecret,
            boolean secretInBody,
            Map<String, String> parameters,
            Duration timeout) {
        this.client = client;
        this.uri = uri;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.secretInBody = secretInBody;
        this.parameters = parameters;
        this.timeout = timeout;
    }

    /** Asks. The future fails with {@link TokenRequestException}. */
    CompletableFuture<AccessToken> fetch() {
        CompletableFuture<HttpResponse<byte[]>> sent;
        try {
            sent = client.sendAsync(request(), LimitedBody.handler());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(failure("cannot be asked: " + e.getMessage(), 0, "", e));
        }
        CompletableFuture<AccessToken> token = new CompletableFuture<>();
        // The request's own timeout ends with the head of the answer; this one is for all of it.
        sent.copy().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((response, failure) -> {
            if (failure != null) {
                sent.cancel(true);
                token.completeExceptionally(unanswered(failure));
                return;
            }
            try {
                token.complete(read(response));
            } catch (TokenRequestException e) {
                token.completeExceptionally(e);
            }
        });
        return token;
    }

    private HttpRequest request() {
        String form = parameters.entrySet().stream()
                .map(it -> encode(it.getKey()) + "=" + encode(it.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded");
        String secret = encode(new String(clientSecret));
        if (secretInBody) {
            form += "&client_id=" + encode(clientId) + "&client_secret=" + secret;
        } else {
            byte[] pair = (encode(clientId) + ":" + secret).getBytes(StandardCharsets.US_ASCII);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        return request.POST(HttpRequest.BodyPublishers.ofString(form)).build();
    }

    private AccessToken read(HttpResponse<byte[]> response) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        if (response.statusCode() != 200) {
            throw refusal(response.statusCode(), body);
        }
        try {
            return AccessToken.of(body);
        } catch (IllegalArgumentException e) {
            throw failure("answered with what is no token: " + e.getMessage(), 200, "", null);
        }
    }

    /** RFC 6749 section 5.2, as far as the endpoint keeps to it. */
    private TokenRequestException refusal(int status, String body) {
        String error = "";
        String description = "";
        try {
            Map<String, @Nullable Object> members = Json.object(body);
            error = words(members.get("error"));
            description = words(members.get("error_description"));
        } catch (IllegalArgumentException e) {
            description = "without a reason that is JSON";
        }
        return failure(
                "answered with HTTP status " + status + (error.isEmpty() ? "" : ", " + error)
                        + (description.isEmpty() ? "" : ": " + description),
                status,
                error,
                null);
    }

    /** What the endpoint says goes into the log, so it must not be long, nor break lines, nor tell our secret back. */
    private String words(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return "";
        }
        String line = text.replaceAll("\\p{Cntrl}", " ").replace(new String(clientSecret), "***");
        return line.substring(0, Math.min(LONGEST_WORDS, line.length()));
    }

    private TokenRequestException unanswered(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException || cause instanceof java.net.http.HttpTimeoutException) {
            return failure("did not answer within " + timeout, 0, "", cause);
        }
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return failure(cause instanceof IOException ? "cannot be reached: " + why : "failed: " + why, 0, "", cause);
    }

    private TokenRequestException failure(String what, int status, String error, @Nullable Throwable cause) {
        return new TokenRequestException("the token endpoint " + this + " " + what, status, error, cause);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Without a query, which may have a secret in it. */
    @Override
    public String toString() {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath();
    }
}
