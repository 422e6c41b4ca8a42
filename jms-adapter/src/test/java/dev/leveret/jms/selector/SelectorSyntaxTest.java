package dev.leveret.jms.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.InvalidSelectorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorSyntaxTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a =                    | 4  | expected a name, a literal or ( but found its end",
                "a = 1 b                | 7  | expected an operator or the end but found 'b'",
                "= 1                    | 1  | expected a name, a literal or ( but found '='",
                "a == 1                 | 4  | found '='",
                "a != 1                 | 3  | found the character '!'",
                "(a = 1                 | 7  | expected an operator or ) but found its end",
                "a = 1)                 | 6  | found ')'",
                "a = 'b                 | 5  | expected a ' that ends the string which begins here",
                "a = `b`                | 5  | found the character '`'",
                "a AND                  | 6  | found its end",
                "a OR OR b              | 6  | found 'OR'",
                "NOT                    | 4  | found its end",
                "1                      | 1  | expected a condition",
                "'a'                    | 1  | expected a condition",
                "a + 1                  | 1  | expected a condition",
                "'a' AND b              | 1  | expected a condition",
                "a = 1 = TRUE           | 7  | comparisons are no chains",
                "a < 'b'                | 5  | expected a number for <",
                "TRUE = 0               | 8  | expected something that can be equal to what is before = but found '0'",
                "FALSE <> 0             | 10 | what is before <>",
                "'a' = 1                | 7  | what is before =",
                "1 = 'a'                | 5  | what is before =",
                "(a > 1) = 'x'          | 11 | what is before =",
                "a + 1 = 'x'            | 9  | what is before =",
                "TRUE >= a              | 1  | expected a number for >=",
                "'a' + 1 = 2            | 1  | expected a number to calculate with",
                "a * 'b' = 2            | 5  | expected a number to calculate with",
                "-'a' = 2               | 2  | expected a number to calculate with",
                "(a = 1) + 1 = 2        | 1  | expected a number to calculate with",
                "a BETWEEN 1            | 12 | expected AND and the upper bound",
                "a BETWEEN 'x' AND 'y'  | 11 | expected a number for BETWEEN",
                "a IN ()                | 7  | expected a string but found ')'",
                "a IN (1)               | 7  | expected a string but found '1'",
                "a IN ('x'              | 10 | expected , or )",
                "a IN ('x',)            | 11 | expected a string",
                "a IN 'x'               | 6  | expected (",
                "1 IN ('x')             | 1  | expected the name of a property or header field before IN",
                "a LIKE b               | 8  | expected a pattern in quotes",
                "a LIKE 'x' ESCAPE 'yz' | 19 | expected a single escape character",
                "a LIKE 'x' ESCAPE ''   | 19 | expected a single escape character",
                "a LIKE 'x!' ESCAPE '!' | 8  | expected a character after the escape character",
                "'a' LIKE 'a'           | 1  | before LIKE",
                "a IS 1                 | 6  | expected NULL or NOT NULL",
                "a IS NOT 1             | 10 | expected NULL but found '1'",
                "1 IS NULL              | 1  | before IS NULL",
                "(a = 1) IS NULL        | 1  | before IS NULL",
                "a NOT 1                | 7  | expected BETWEEN, LIKE or IN",
                "a = NULL               | 5  | found 'NULL'",
                "like = 1               | 1  | found 'like'",
                "a = 08                 | 5  | expected a number that a long or double can hold",
                "a = 0x                 | 5  | expected a number that a long or double can hold",
                "a = 9223372036854775808 | 5 | expected a number that a long or double can hold",
                "a = 9223372036854775809 | 5 | expected a number that a long or double can hold",
                "a = 0x8000000000000000 | 5  | expected a number that a long or double can hold",
                "a = 1E999              | 5  | expected a number that a long or double can hold",
                "a = 1.5L               | 5  | expected a number that a long or double can hold",
                "a = 1a                 | 6  | expected an operator or the end but found 'a'",
                "a = 1.2.3              | 8  | found '.3'",
                "a = 1E                 | 6  | found 'E'",
                "a # 1                  | 3  | found the character '#'",
                "JMSExpiration = 0      | 1  | one of the header fields JMSCorrelationID, JMSDeliveryMode",
                "JMSDestination = 'q'   | 1  | found 'JMSDestination'",
            })
    void anErrorSaysWhereItIsAndWhatWasExpected(String selector, int position, String text) {
        assertThatThrownBy(() -> Selector.parse(selector))
                .isInstanceOf(InvalidSelectorException.class)
                .hasMessageStartingWith("invalid selector, at position " + position + ": expected ")
                .hasMessageContaining(text)
                .hasMessageEndingWith("in: " + selector);
    }

    @Test
    void lengthAndDepthAreBounded() throws Exception {
        Selector.parse("(".repeat(200) + "a" + ")".repeat(200));
        assertThatThrownBy(() -> Selector.parse("(".repeat(201) + "a" + ")".repeat(201)))
                .isInstanceOf(InvalidSelectorException.class)
                .hasMessageContaining("at position 201: expected at most 200 open parentheses");
        Selector.parse("a" + " ".repeat(65_535));
        assertThatThrownBy(() -> Selector.parse("a" + " ".repeat(65_536)))
                .isInstanceOf(InvalidSelectorException.class)
                .hasMessageContaining("65537 characters is too long");
    }

    @Test
    void anErrorShowsAPartOfALongSelectorOnly() {
        assertThatThrownBy(() -> Selector.parse("a = 1 OR ".repeat(1000) + "!" + " OR a = 1".repeat(1000)))
                .isInstanceOf(InvalidSelectorException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
        assertThatThrownBy(() -> Selector.parse("a '" + "x".repeat(10_000) + "'"))
                .isInstanceOf(InvalidSelectorException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }
}
