package dev.leveret.testkit.junit;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Brokers;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Serves {@link RequiresRabbitMq} and {@link RequiresBroker}, on methods, classes and enclosing classes. */
final class NeededBroker implements ExecutionCondition, ParameterResolver {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        // What encloses this element has been asked before, with its own annotation.
        return context.getElement()
                .flatMap(NeededBroker::annotated)
                .map(it -> it.evaluateExecutionCondition(context))
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no broker itself"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Broker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return nearest(Optional.of(context)).resolveParameter(parameter, context);
    }

    private static OfferedBroker nearest(Optional<ExtensionContext> from) {
        for (Optional<ExtensionContext> at = from; at.isPresent(); at = at.get().getParent()) {
            Optional<OfferedBroker> found = at.get().getElement().flatMap(NeededBroker::annotated);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IllegalStateException("neither the test nor what encloses it says which broker it needs");
    }

    private static Optional<OfferedBroker> annotated(AnnotatedElement element) {
        Optional<OfferedBroker> rabbitMq = AnnotationSupport.findAnnotation(element, RequiresRabbitMq.class)
                .map(it -> new OfferedBroker(Brokers.rabbitMqOrSkipReason(), it.value()));
        return rabbitMq.or(() -> AnnotationSupport.findAnnotation(element, RequiresBroker.class)
                .map(it -> new OfferedBroker(Brokers.anyOrSkipReason(), it.value())));
    }
}
