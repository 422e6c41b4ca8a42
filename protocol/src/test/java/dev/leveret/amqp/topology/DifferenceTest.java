package dev.leveret.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {

    private static final String BEFORE =
            "the broker closed channel 3 because of queue.declare: 406 PRECONDITION_FAILED - ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'"
                        + " | durable is 'true', not 'false'",
                "inequivalent arg 'type' for exchange 'x' in vhost 'a': b': received 'fanout' but current is 'topic'"
                        + " | type is 'topic', not 'fanout'",
                "inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received the value '5' of type 'signedint'"
                        + " but current is none | x-max-length is none, not '5'",
                "inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received none but current is the value '5'"
                        + " of type 'long' | x-max-length is '5', not none",
                "invalid property 'exclusive' for queue | " + BEFORE + "invalid property 'exclusive' for queue"
            })
    void whatTheBrokerSaysIsSaidInFewWords(String said, String expected) {
        assertThat(Difference.describe(BEFORE + said)).isEqualTo(expected);
    }
}
