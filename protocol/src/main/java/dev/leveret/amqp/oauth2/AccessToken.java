package dev.leveret.amqp.oauth2;

import dev.leveret.amqp.json.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token and how long it is valid from when it was asked for, if that was said. */
final class AccessToken {

    private static final BigDecimal LONGEST_LIFE =
            new BigDecimal(Duration.ofDays(3650).toSeconds());

    private final byte[] value;
    private final Optional<Duration> life;

    AccessToken(String value, Optional<Duration> life) {
        this.value = value.getBytes(StandardCharsets.UTF_8);
        this.life = life;
    }

    /**
     * Reads a successful answer of a token endpoint (RFC 6749 section 5.1).
     *
     * @throws IllegalArgumentException if it is none; the message shows nothing of it
     */
    static AccessToken of(String response) {
        Map<String, @Nullable Object> members = Json.object(response);
        if (!(members.get("access_token") instanceof String token) || token.isEmpty()) {
            throw new IllegalArgumentException("it has no access_token");
        }
        Object type = members.get("token_type");
        if (type != null && !(type instanceof String name && name.equalsIgnoreCase("bearer"))) {
            throw new IllegalArgumentException("its token_type is not bearer");
        }
        return new AccessToken(token, life(members.get("expires_in")));
    }

    /** Seconds; a few servers put the number into a string. */
    private static Optional<Duration> life(@Nullable Object expiresIn) {
        BigDecimal seconds;
        if (expiresIn == null) {
            return Optional.empty();
        } else if (expiresIn instanceof BigDecimal number) {
            seconds = number;
        } else if (expiresIn instanceof String digits && digits.matches("[0-9]{1,10}")) {
            seconds = new BigDecimal(digits);
        } else {
            throw new IllegalArgumentException("its expires_in is not a number");
        }
        if (seconds.signum() <= 0) {
            throw new IllegalArgumentException("its expires_in is not positive: the token has expired already");
        }
        return Optional.of(Duration.ofMillis(
                seconds.min(LONGEST_LIFE).multiply(BigDecimal.valueOf(1000)).longValue()));
    }

    /** A copy, for who overwrites it. */
    byte[] bytes() {
        return value.clone();
    }

    Optional<Duration> life() {
        return life;
    }

    @Override
    public String toString() {
        return "AccessToken[***, " + life.map(it -> "valid for " + it).orElse("of unknown life") + "]";
    }
}
