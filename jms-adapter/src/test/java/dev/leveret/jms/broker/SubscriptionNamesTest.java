package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubscriptionNamesTest {

    private static String name(String client, String name) {
        return SubscriptionNames.durable(Optional.of(client), name);
    }

    @Test
    void ordinaryNamesAreReadable() {
        assertThat(name("billing", "orders.eu")).isEqualTo("jms.subscription.billing/orders.eu");
        assertThat(name("zürich", "größe 5 😀")).isEqualTo("jms.subscription.zürich/größe 5 😀");
        assertThat(SubscriptionNames.durable(Optional.empty(), "x")).isEqualTo("jms.subscription./x");
        assertThat(SubscriptionNames.shared(Optional.empty(), "x")).isEqualTo("jms.shared./x");
    }

    @Test
    void differentIdentifiersAndNamesAreDifferent() {
        String longer = "n".repeat(300);
        assertThat(List.of(
                        name("a/b", "c"),
                        name("a", "b/c"),
                        name("a%002fb", "c"),
                        name("a", "\n"),
                        name("a", "\r"),
                        name("a", "%000a"),
                        name("a", "\ud800"),
                        name("a", "\ud801"),
                        name("a", "?"),
                        name("a", longer),
                        name("a", longer + "n"),
                        name("a", name("a", longer).substring("jms.subscription.a/".length()))))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatTripsOthersUpIsEscaped() {
        assertThat(name("a/b", "c~d%")).isEqualTo("jms.subscription.a%002fb/c%007ed%0025");
        assertThat(name("a", "line\nbreak\u0000\ud800")).isEqualTo("jms.subscription.a/line%000abreak%0000%d800");
    }

    @Test
    void aNameIsAtMost255BytesLong() {
        for (String unit : List.of("n", "ü", "中", "😀", "/")) {
            for (int length : List.of(100, 236, 237, 300, 5000)) {
                assertThat(name("a", unit.repeat(length)).getBytes(StandardCharsets.UTF_8))
                        .hasSizeLessThanOrEqualTo(255);
            }
        }
        assertThat(name("a", "n".repeat(236))).hasSize(255).doesNotContain("~");
        assertThat(name("a", "n".repeat(237))).hasSize(255).contains("~");
    }

    @Test
    void aLockFitsAnyName() {
        assertThat(SubscriptionNames.lock(name("a", "n".repeat(300)))).hasSizeLessThan(100);
    }
}
