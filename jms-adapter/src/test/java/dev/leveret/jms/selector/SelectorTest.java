package dev.leveret.jms.selector;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.InvalidSelectorException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

    private static final Map<String, Object> MESSAGE = message();

    private static Map<String, Object> message() {
        Map<String, Object> values = new HashMap<>();
        values.put("b", (byte) 1);
        values.put("s", (short) 300);
        values.put("i", 42);
        values.put("max", Integer.MAX_VALUE);
        values.put("l", 5_000_000_000L);
        values.put("f", 1.1f);
        values.put("d", 2.5);
        values.put("nan", Double.NaN);
        values.put("yes", true);
        values.put("no", false);
        values.put("text", "it's 50%_ off\\");
        values.put("two", "2");
        values.put("empty", "");
        values.put("emoji", "a😀c");
        values.put("$_1ä", "x");
        values.put("JMSType", "car");
        values.put("JMSXGroupID", "g");
        values.put("JMS_AMQP_ContentType", "application/json");
        return values;
    }

    private static boolean matches(String selector) throws InvalidSelectorException {
        return Selector.parse(selector).matches(MESSAGE::get);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUE",
                "true OR missing",
                "yes",
                "NOT no",
                "yes = TRUE AND no <> yes",
                "i = 42",
                "i=42and\tyes\r\nAND\f(yes)",
                "42 = i",
                "i = 0x2A",
                "i = 0X2a",
                "i = 052",
                "i = 42L",
                "i = 42l",
                "i = 42.",
                "i = 4.2E1",
                "i = 4.2e+1 AND i = 420E-1 AND i > .5",
                "i = 42D AND i = 42f",
                "i = +42 AND -i = -42 AND - -i = 42 AND +-+-i = 42",
                "b = 1 AND s = 300 AND b < s AND s < i + 300",
                "l = 5000000000 AND l > max",
                "d = 2.5 AND d <> 2 AND d >= 2.5 AND d <= 2.5",
                "f <> 1.1",
                "f = 1.1f",
                "max + 1 < 0",
                "max + 1L = 2147483648",
                "i + 1 * 2 = 44 AND (i + 1) * 2 = 86",
                "i - 2 - 3 = 37 AND 84 / 2 / 2 = 21",
                "i / 4 = 10 AND i / 4.0 = 10.5",
                "1.0 / 0 > l",
                "-9223372036854775808 < l",
                "-9223372036854775808 - 1 = 9223372036854775807",
                "0x7FFFFFFFFFFFFFFF > l",
                "nan <> nan",
                "0.0 = -0.0",
                "text = 'it''s 50%_ off\\'",
                "text <> 'x' AND empty = ''",
                "JMSType = 'car' AND JMSXGroupID = 'g' AND JMS_AMQP_ContentType = 'application/json'",
                "$_1ä = 'x'",
                "i BETWEEN 42 AND 42 AND i NOT BETWEEN 43 AND 50 AND i BETWEEN 40 + 1 AND 50 - 1",
                "JMSType IN ('bus', 'car') AND JMSType NOT IN ('bus')",
                "missing IS NULL AND i IS NOT NULL",
                "text LIKE 'it%' AND text LIKE '%off_' AND text LIKE '%50%' AND text LIKE '%'",
                "text LIKE '%50!%!_ %' ESCAPE '!'",
                "text LIKE '%50\\%\\_ off\\\\' ESCAPE '\\'",
                "text NOT LIKE '%51%' AND empty LIKE '' AND empty LIKE '%%'",
                "emoji LIKE 'a_c'",
                "not no and Not(no) or nO",
                "no AND no OR yes",
                "yes OR yes AND no",
                "(i = 42) = yes",
            })
    void theseMatch(String selector) throws Exception {
        assertThat(matches(selector)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FALSE",
                "no",
                "NOT yes",
                // Unknown, and so is its opposite.
                "missing",
                "NOT missing",
                "missing = 1",
                "NOT missing = 1",
                "missing <> 1",
                "missing = missing",
                "missing + 1 = 1",
                "missing LIKE '%'",
                "missing NOT LIKE 'a'",
                "missing IN ('a')",
                "missing NOT IN ('a')",
                "missing BETWEEN 1 AND 2",
                "missing NOT BETWEEN 1 AND 2",
                "missing AND yes",
                "missing OR no",
                "i / 0 = 1",
                "NOT i / 0 = 1",
                // Of different types: false, whatever the operator.
                "two = 2",
                "two <> 2",
                "two > 1",
                "two < 1",
                "two + 1 = 3",
                "two + 1 <> 3",
                "two BETWEEN 1 AND 3",
                "two NOT BETWEEN 5 AND 6",
                "i LIKE '4%'",
                "i NOT LIKE '5%'",
                "i IN ('42')",
                "i NOT IN ('43')",
                "yes = 'true'",
                "yes > no",
                "text > empty",
                "text",
                "i",
                "nan = nan",
                "nan BETWEEN 1 AND 2",
                "nan NOT BETWEEN 1 AND 2",
                "JMSType = 'CAR'",
                "jmsType = 'car'",
                "text LIKE 'IT%'",
                "text LIKE 'it'",
                "text LIKE '%it_'",
                "emoji LIKE 'a__c'",
                "JMSXDeliveryCount = 1",
            })
    void theseDoNot(String selector) throws Exception {
        assertThat(matches(selector)).isFalse();
    }

    @Test
    void aLongValueIsMatchedInTimeThatGrowsWithItsLengthAndNotWithTheWaysToTry() throws Exception {
        Selector selector = Selector.parse("v LIKE '" + "%a".repeat(2000) + "%b'");
        String value = "a".repeat(100_000);
        assertThat(selector.matches(name -> value)).isFalse();
        assertThat(selector.matches(name -> value + "b")).isTrue();
    }

    @Test
    void chainsMayBeAsLongAsTheSelector() throws Exception {
        Selector selector = Selector.parse("i = 1" + " OR i = 2".repeat(7_000));
        assertThat(selector.matches(name -> 2)).isTrue();
        assertThat(selector.matches(name -> 3)).isFalse();
        assertThat(Selector.parse("i = 1" + "+1".repeat(30_000)).matches(name -> 30_001))
                .isTrue();
        assertThat(Selector.parse("NOT ".repeat(16_000) + "yes").matches(name -> true))
                .isTrue();
        assertThat(Selector.parse("i = " + "-".repeat(65_000) + "1").matches(name -> 1))
                .isTrue();
    }

    @Test
    void aSelectorThatOnlyLooksForValuesSaysWhichOfWhat() throws Exception {
        assertThat(Selector.parse("JMSCorrelationID = 'a'").equality())
                .contains(new Selector.Equality("JMSCorrelationID", Set.of("a")));
        assertThat(Selector.parse("('a' = c)").equality()).contains(new Selector.Equality("c", Set.of("a")));
        assertThat(Selector.parse("c IN ('a', 'b') OR c = 'd' OR (c = 'e' OR 'f' = c)")
                        .equality())
                .contains(new Selector.Equality("c", Set.of("a", "b", "d", "e", "f")));
        for (String other : new String[] {
            "c <> 'a'",
            "c = 1",
            "c NOT IN ('a')",
            "c = 'a' OR d = 'b'",
            "c = 'a' AND c = 'b'",
            "c = 'a' OR yes",
            "c = d"
        }) {
            assertThat(Selector.parse(other).equality()).as(other).isEmpty();
        }
    }

    @Test
    void theCacheReadsASelectorOnceAndTakesBlankForNone() throws Exception {
        SelectorCache cache = new SelectorCache();
        assertThat(cache.selector(null)).isEmpty();
        assertThat(cache.selector(" \n")).isEmpty();
        Selector first = cache.selector("a = 1").orElseThrow();
        assertThat(cache.selector("a = 1")).containsSame(first);
        for (int i = 0; i < 1000; i++) {
            cache.selector("b = " + i);
        }
        assertThat(cache.selector("a = 1").orElseThrow()).isNotSameAs(first).isEqualTo(first);
    }
}
