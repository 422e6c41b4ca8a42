package dev.leveret.examples.ktor

import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.Topology
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.AmqpConnection
import dev.leveret.coroutines.ConnectionOptionsBuilder
import dev.leveret.coroutines.ConnectionState
import dev.leveret.coroutines.FailurePolicy
import dev.leveret.coroutines.Intake
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.process
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationPlugin
import io.ktor.server.application.ApplicationStarted
import io.ktor.server.application.ApplicationStopPreparing
import io.ktor.server.application.ApplicationStopping
import io.ktor.server.application.createApplicationPlugin
import io.ktor.server.application.hooks.MonitoringEvent
import io.ktor.server.application.log
import io.ktor.util.AttributeKey
import kotlinx.coroutines.Job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration.Companion.seconds

/** How [Amqp] is installed. */
class AmqpConfiguration {
    /** `amqp://user:password@host:port/vhost?option=value`. */
    var uri = "amqp://localhost"

    /** Declared when the application starts. */
    var topology: Topology? = null

    /** How long a stop waits for what is in hand. */
    var patience = 20.seconds

    internal var options: ConnectionOptionsBuilder.() -> Unit = {}
    internal val consumers = ArrayList<suspend AmqpChannel.(Intake) -> Unit>()

    /** Everything else about the connection. */
    fun connection(configure: ConnectionOptionsBuilder.() -> Unit) {
        options = configure
    }

    /** Handles the messages of a queue for as long as the application runs; acknowledged when the handler returns. */
    fun process(
        queue: String,
        concurrency: Int = 1,
        onFailure: FailurePolicy = FailurePolicy.REQUEUE_ONCE,
        handler: suspend (Delivery) -> Unit,
    ) {
        consumers += { intake ->
            process(queue, concurrency = concurrency, onFailure = onFailure, intake = intake, handler = handler)
        }
    }
}

/**
 * A connection that lives as long as the application, and its consumers.
 *
 * The application does not start without the broker; from then on the connection recovers by itself. When the
 * application stops, first nothing new is taken from the queues. Requests that are being answered still publish. Then
 * the handlers finish, and the connection is closed.
 */
val Amqp: ApplicationPlugin<AmqpConfiguration> =
    createApplicationPlugin("Amqp", ::AmqpConfiguration) {
        val amqp = runBlocking { AmqpOfApplication.open(pluginConfig) }
        application.attributes.put(KEY, amqp)
        on(MonitoringEvent(ApplicationStarted)) { amqp.consumeIn(it) }
        on(MonitoringEvent(ApplicationStopPreparing)) { amqp.takeNothingNew() }
        on(MonitoringEvent(ApplicationStopping)) { runBlocking { amqp.stop(it) } }
    }

/** What [Amqp] has made. */
val Application.amqp: AmqpOfApplication get() = attributes[KEY]

private val KEY = AttributeKey<AmqpOfApplication>("Amqp")

/** The connection of an application; [channel] is for whoever publishes. */
class AmqpOfApplication private constructor(
    val connection: AmqpConnection,
    val channel: AmqpChannel,
    private val configuration: AmqpConfiguration,
) {
    private val intake = Intake()
    private var consuming = emptyList<Job>()

    /** What is wrong, or `null`. A connection that is being recovered is wrong until it is. */
    val problem: String?
        get() {
            val state = connection.state.value
            return when {
                state !is ConnectionState.Open -> "the connection is $state"
                intake.isClosed -> "stopping"
                !channel.isOpen -> "the channel is closed"
                consuming.any { !it.isActive } -> "a consumer has ended"
                else -> null
            }
        }

    /** A consumer that fails is logged as every coroutine of the application, and [problem] tells. */
    internal fun consumeIn(application: Application) {
        consuming = configuration.consumers.map { consume ->
            application.launch { connection.channel { consume(intake) } }
        }
    }

    internal fun takeNothingNew() = intake.close()

    internal suspend fun stop(application: Application) {
        intake.close()
        withTimeoutOrNull(configuration.patience) { consuming.joinAll() }
        val left = connection.shutdown(patience = configuration.patience)
        if (!left.isClean) application.log.warn("not brought to an end: {}", left)
    }

    internal companion object {
        suspend fun open(configuration: AmqpConfiguration): AmqpOfApplication {
            val connection = connectAmqp(configuration.uri, configuration.options)
            configuration.topology?.let { connection.declare(it) }
            return AmqpOfApplication(connection, connection.openChannel(), configuration)
        }
    }
}
