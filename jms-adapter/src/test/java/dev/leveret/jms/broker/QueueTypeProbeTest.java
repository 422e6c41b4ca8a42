package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.jms.broker.QueueTypeProbe.Found;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueTypeProbeTest {

    private static String refusal(String argument, String received, String current) {
        return "the broker closed channel 2 because of queue.declare: 406 PRECONDITION_FAILED - inequivalent arg '"
                + argument + "' for queue 'q' in vhost '/': received " + received + " but current is " + current;
    }

    private final QueueTypeProbe probe = new QueueTypeProbe();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "x-queue-type | the value 'quorum' of type 'longstr' | none | CLASSIC",
                "x-queue-type | 'quorum' | 'classic' | CLASSIC",
                "x-queue-type | 'quorum' | 'stream' | STREAM",
                "x-queue-type | 'quorum' | 'rabbit_jms_queue' | UNKNOWN",
                "auto_delete | 'false' | 'true' | SELF_DELETING",
                "x-expires | none | the value '59999' of type 'signedint' | SELF_DELETING",
                "x-expires | none | the value '?' of type 'table' | SELF_DELETING",
                "x-new | none | the value 'a table' of type 'table' | UNKNOWN",
                "x-new | none | the value 'x' of type 'signedint' | UNKNOWN",
                "x-new | the value '1' of type 'long' | none | UNKNOWN",
            })
    void aRefusalTellsTheType(String argument, String received, String current, Found found) {
        assertThat(probe.refused(refusal(argument, received, current))).isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({
        "5,signedint,java.lang.Integer",
        "5,long,java.lang.Long",
        "true,bool,java.lang.Boolean",
        "a'b,longstr,java.lang.String"
    })
    void anotherArgumentIsTakenOverOnce(String value, String type, Class<?> as) {
        String refusal = refusal("x-other", "none", "the value '" + value + "' of type '" + type + "'");
        assertThat(probe.refused(refusal)).isNull();
        assertThat(probe.question("q").arguments().get("x-other"))
                .isInstanceOf(as)
                .hasToString(value);
        assertThat(probe.question("q").arguments()).containsEntry("x-queue-type", "quorum");
        assertThat(probe.refused(refusal)).isEqualTo(Found.UNKNOWN);
    }

    @Test
    void aLongLifeIsTakenOver() {
        assertThat(probe.refused(refusal("x-expires", "none", "the value '60000' of type 'signedint'")))
                .isNull();
        assertThat(probe.accepted()).isEqualTo(Found.QUORUM);
    }

    @Test
    void ofAQueueThatIsClassicForCertainItIsAskedOnWhetherItDeletesItself() {
        assertThat(probe.refused(refusal("durable", "'true'", "'false'"))).isNull();
        assertThat(probe.question("q").durable()).isFalse();
        assertThat(probe.question("q").arguments()).containsEntry("x-queue-type", "classic");
        assertThat(probe.accepted()).isEqualTo(Found.CLASSIC);
        assertThat(probe.refused(refusal("x-max-priority", "none", "the value '9' of type 'signedint'")))
                .isNull();
        assertThat(probe.refused("something else")).isEqualTo(Found.CLASSIC);
        assertThat(probe.refused(refusal("auto_delete", "'false'", "'true'"))).isEqualTo(Found.SELF_DELETING);
    }

    @Test
    void whatIsNoSuchRefusalTellsNothing() {
        assertThat(probe.refused("403 ACCESS_REFUSED - configure access refused"))
                .isEqualTo(Found.UNKNOWN);
    }
}
