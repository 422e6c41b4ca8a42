package dev.leveret.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * This test starts {@linkplain dev.leveret.testkit.local.LocalRabbitMq nodes of its own}, so it needs RabbitMQ to be
 * installed on this machine. Nothing is started for it.
 *
 * <p>Where RabbitMQ is not installed, or {@code leveret.broker} leaves it out, the test is skipped, and the report says
 * why; it fails instead when {@code leveret.rabbitmq.required} is set.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(NeededInstallation.class)
public @interface RequiresLocalRabbitMq {}
