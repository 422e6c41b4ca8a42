package dev.leveret.coroutines

import dev.leveret.amqp.api.Topology
import dev.leveret.amqp.topology.Provisioning
import dev.leveret.amqp.topology.TopologyPlan
import dev.leveret.amqp.topology.TopologyReport
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.toJavaDuration

/**
 * Says what of a topology the broker has, what is missing, and what is different and how. Changes nothing; see
 * [Provisioning.plan] for what AMQP cannot tell.
 *
 * Cancellation: nothing more is asked for.
 *
 * ```kotlin
 * val plan = connection.plan(billing)
 * if (!plan.isFulfilled) println(plan)
 * ```
 *
 * @param deadline what has no answer by then is unknown
 */
public suspend fun AmqpConnection.plan(topology: Topology, deadline: Duration = 1.minutes): TopologyPlan =
    awaitReply { provisioning(deadline).plan(topology) }

/**
 * Declares a topology and says what became of each of its parts: a refusal takes nothing else along. Never deletes, and
 * can be repeated. [AmqpConnection.declare] is for those who want to fail at the first refusal.
 *
 * Cancellation: nothing more is asked for; what was asked for stays.
 *
 * ```kotlin
 * connection.apply(billing).requireComplete()
 * ```
 *
 * @param deadline what was not done by then is left
 * @throws IllegalArgumentException if the broker's version is known to refuse some of it; then nothing was sent
 */
public suspend fun AmqpConnection.apply(topology: Topology, deadline: Duration = 1.minutes): TopologyReport =
    awaitReply { provisioning(deadline).apply(topology) }

/**
 * Looks whether all exchanges and queues of a topology are there, without declaring anything: it needs no permissions, and
 * says nothing about arguments and bindings.
 *
 * Cancellation: nothing more is asked for.
 *
 * ```kotlin
 * connection.verify(billing)
 * ```
 *
 * @param deadline what has no answer by then counts as missing
 * @throws dev.leveret.amqp.topology.TopologyException with a line for each that is missing or could not be looked up
 */
public suspend fun AmqpConnection.verify(topology: Topology, deadline: Duration = 1.minutes): TopologyPlan =
    awaitReply { provisioning(deadline).verify(topology) }

/**
 * Deletes the queues and exchanges that a topology names, those in use and their messages only if it is said so. What is not
 * there counts as deleted. See [Provisioning.delete] for how sure the conditions are.
 *
 * Cancellation: nothing more is asked for; what was asked for is gone.
 *
 * ```kotlin
 * connection.delete(billing, ifEmpty = false).requireComplete()
 * ```
 *
 * @param ifUnused leave queues with consumers, and exchanges with bindings other than those of this topology
 * @param ifEmpty leave queues with messages
 * @param deadline what was not done by then is left
 */
public suspend fun AmqpConnection.delete(
    topology: Topology,
    ifUnused: Boolean = true,
    ifEmpty: Boolean = true,
    deadline: Duration = 1.minutes,
): TopologyReport = awaitReply { provisioning(deadline).delete(topology, ifUnused, ifEmpty) }

private fun AmqpConnection.provisioning(deadline: Duration): Provisioning =
    Provisioning.on(async).withDeadline(deadline.toJavaDuration())
