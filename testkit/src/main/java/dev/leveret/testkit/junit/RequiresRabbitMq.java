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
 * This test needs RabbitMQ, and may take a {@link dev.leveret.testkit.Broker} parameter to have the shared one.
 *
 * <p>Where there is none the test is skipped, and the report says why; it fails instead when
 * {@code leveret.rabbitmq.required} is set, or an address was given and does not answer.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(NeededBroker.class)
public @interface RequiresRabbitMq {

    /**
     * What it must be able to do beside; old releases lack some.
     *
     * @return capabilities without which the test is skipped
     */
    Capability[] value() default {};
}
