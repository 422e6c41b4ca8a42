package dev.leveret.testkit.junit;

import dev.leveret.testkit.Capability;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once on each broker of {@link dev.leveret.testkit.Brokers#each}: on the embedded one, and on
 * RabbitMQ where it can be had. It takes the place of {@code @Test}; the broker comes as a {@link
 * dev.leveret.testkit.Broker} parameter.
 *
 * <p>The run on a broker that is missing, or that lacks a capability the test names, is reported as skipped, with the
 * reason.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(BrokerRuns.class)
public @interface EveryBroker {

    /**
     * What a broker must be able to do.
     *
     * @return capabilities without which the run on that broker is skipped
     */
    Capability[] value() default {};
}
