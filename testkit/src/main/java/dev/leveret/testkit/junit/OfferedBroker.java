package dev.leveret.testkit.junit;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerOffer;
import dev.leveret.testkit.Capability;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands a broker to a test, or skips the test when there is none or it cannot do what the test needs.
 *
 * @param offer the broker or why there is none
 * @param needed what it must be able to do
 */
record OfferedBroker(BrokerOffer offer, Capability... needed) implements ExecutionCondition, ParameterResolver {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return offer.skipReason()
                .or(this::lacking)
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("runs on " + offer.name()));
    }

    private Optional<String> lacking() {
        String lacking = Arrays.stream(needed)
                .filter(it -> !broker().supports(it))
                .map(Capability::name)
                .collect(Collectors.joining(", "));
        return lacking.isEmpty() ? Optional.empty() : Optional.of(offer.name() + " lacks " + lacking);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Broker.class;
    }

    @Override
    public Broker resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return broker();
    }

    private Broker broker() {
        return offer.broker().orElseThrow();
    }
}
