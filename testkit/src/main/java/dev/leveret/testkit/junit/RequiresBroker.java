package dev.leveret.testkit.junit;

import dev.leveret.testkit.Capability;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * This test needs some broker, and may take a {@link dev.leveret.testkit.Broker} parameter to have the one that {@link
 * dev.leveret.testkit.Brokers#any} gives.
 *
 * <p>Without a choice to the contrary there is always one, the embedded broker at least. The test is skipped where
 * there is none, and where the broker lacks a capability that it names.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(NeededBroker.class)
public @interface RequiresBroker {

    /**
     * What the broker must be able to do.
     *
     * @return capabilities without which the test is skipped
     */
    Capability[] value() default {};
}
