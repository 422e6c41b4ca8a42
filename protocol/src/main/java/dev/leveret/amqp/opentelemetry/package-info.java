/**
 * Traces of messages for OpenTelemetry, whose API has to be among the application's dependencies: see
 * {@link dev.leveret.amqp.opentelemetry.OpenTelemetryObserver}.
 */
@NullMarked
package dev.leveret.amqp.opentelemetry;

import org.jspecify.annotations.NullMarked;
