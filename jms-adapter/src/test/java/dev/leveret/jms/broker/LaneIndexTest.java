package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.jms.selector.Selector;
import jakarta.jms.InvalidSelectorException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LaneIndexTest {

    private final LaneIndex<String> index = new LaneIndex<>();

    private void add(String lane, String selector) throws InvalidSelectorException {
        index.add(lane, Optional.of(Selector.parse(selector)));
    }

    @Test
    void whatIsLookedUpAndWhatIsEvaluatedAreBothFound() throws Exception {
        add("a", "JMSCorrelationID = 'a'");
        add("ab", "JMSCorrelationID IN ('a', 'b')");
        add("c", "c = 'x'");
        add("number", "n > 1");
        index.add("all", Optional.empty());
        Map<String, Object> message = Map.of("JMSCorrelationID", "a", "c", 5, "n", 2);
        assertThat(index.matching(message::get)).containsExactlyInAnyOrder("a", "ab", "number", "all");
        assertThat(index.matching(name -> null)).containsExactly("all");
        assertThat(index.matches("ab", Map.of("JMSCorrelationID", (Object) "b")::get))
                .isTrue();
        assertThat(index.matches("a", Map.of("JMSCorrelationID", (Object) "b")::get))
                .isFalse();
    }

    @Test
    void whoIsRemovedIsNotFoundAndTakesNobodyAlong() throws Exception {
        add("a", "JMSCorrelationID = 'a'");
        add("ab", "JMSCorrelationID IN ('a', 'b')");
        add("number", "n > 1");
        index.remove("a");
        index.remove("number");
        index.remove("unknown");
        Map<String, Object> message = Map.of("JMSCorrelationID", "a", "n", 2);
        assertThat(index.matching(message::get)).containsExactly("ab");
        assertThat(index.matches("number", message::get)).isFalse();
        index.remove("ab");
        assertThat(index.matching(message::get)).isEmpty();
    }

    @Test
    void aSelectorMayComeTwice() throws Exception {
        add("1", "JMSCorrelationID = 'a'");
        add("2", "JMSCorrelationID = 'a'");
        index.remove("1");
        assertThat(index.matching(name -> "a")).containsExactly("2");
    }
}
