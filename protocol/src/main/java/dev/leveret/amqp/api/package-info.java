/**
 * What users of the protocol client import: values, the two Java faces and the errors; no implementation.
 *
 * <p>Start at {@link dev.leveret.amqp.api.AsyncConnection} and {@link dev.leveret.amqp.api.AsyncChannel}, which carry the
 * documentation of every operation; {@link dev.leveret.amqp.api.Connection} and {@link dev.leveret.amqp.api.Channel} are
 * the same operations for callers that want to wait.
 */
@NullMarked
package dev.leveret.amqp.api;

import org.jspecify.annotations.NullMarked;
