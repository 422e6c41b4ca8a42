package dev.leveret.testkit.junit;

import dev.leveret.testkit.BrokerOffer;
import dev.leveret.testkit.Brokers;
import dev.leveret.testkit.Capability;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Expands {@link EveryBroker} to one run for each broker. */
final class BrokerRuns implements TestTemplateInvocationContextProvider {

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Capability[] needed = AnnotationSupport.findAnnotation(context.getElement(), EveryBroker.class)
                .map(EveryBroker::value)
                .orElseThrow();
        return Brokers.each().stream().map(offer -> new Run(offer, new OfferedBroker(offer, needed)));
    }

    private record Run(BrokerOffer offer, OfferedBroker extension) implements TestTemplateInvocationContext {

        @Override
        public String getDisplayName(int invocationIndex) {
            return "on " + offer.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(extension);
        }
    }
}
