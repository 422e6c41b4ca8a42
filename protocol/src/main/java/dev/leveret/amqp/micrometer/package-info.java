/**
 * Meters of connections for Micrometer, which has to be among the application's dependencies: see
 * {@link dev.leveret.amqp.micrometer.MicrometerObserver}.
 */
@NullMarked
package dev.leveret.amqp.micrometer;

import org.jspecify.annotations.NullMarked;
