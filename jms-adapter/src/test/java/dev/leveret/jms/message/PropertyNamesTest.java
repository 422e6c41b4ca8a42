package dev.leveret.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class PropertyNamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "A1",
                "_x",
                "$y",
                "näme",
                "true",
                "like",
                "JMSXGroupID",
                "JMSXGroupSeq",
                "JMSXAnything",
                "JMS_IBM_Format",
                "JMS_AMQP_ContentType",
                "jms"
            })
    void javaIdentifiersAndTheNamesOfTheSpecificationAreNames(String name) throws JMSException {
        assertThat(PropertyNames.require(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1a",
                "a-b",
                "a.b",
                "a b",
                "x-death",
                "*",
                "NULL",
                "TRUE",
                "FALSE",
                "NOT",
                "AND",
                "OR",
                "BETWEEN",
                "LIKE",
                "IN",
                "IS",
                "ESCAPE",
                "JMSMessageID",
                "JMSReplyTo",
                "JMSanything"
            })
    void selectorWordsReservedNamesAndOtherStringsAreNot(String name) {
        assertThatThrownBy(() -> PropertyNames.require(name))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("'" + name + "'");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void noNameIsAnIllegalArgument(String name) {
        assertThatThrownBy(() -> new JmsMessage().setStringProperty(name, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
