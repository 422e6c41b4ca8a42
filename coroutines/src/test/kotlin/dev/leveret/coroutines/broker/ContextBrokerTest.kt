package dev.leveret.coroutines.broker

import dev.leveret.amqp.api.BindingSpec
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.opentelemetry.OpenTelemetryObserver
import dev.leveret.coroutines.AmqpChannel
import dev.leveret.coroutines.Intake
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.process
import dev.leveret.coroutines.publishAll
import dev.leveret.coroutines.rpcClient
import dev.leveret.coroutines.rpcReply
import dev.leveret.coroutines.serve
import dev.leveret.coroutines.use
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import io.opentelemetry.api.trace.Span
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator
import io.opentelemetry.context.Context
import io.opentelemetry.context.Scope
import io.opentelemetry.context.propagation.ContextPropagators
import io.opentelemetry.sdk.OpenTelemetrySdk
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter
import io.opentelemetry.sdk.trace.SdkTracerProvider
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor
import kotlinx.coroutines.ThreadContextElement
import kotlinx.coroutines.asContextElement
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.launch
import kotlinx.coroutines.slf4j.MDCContext
import kotlinx.coroutines.withContext
import org.slf4j.MDC
import java.util.concurrent.Executors
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** What a coroutine has in its context stays with it over every suspension. */
class ContextBrokerTest :
    StringSpec({
        connected(
            "after each operation the coroutine is in its dispatcher, with what its threads are told",
        ) { connection ->
            val user = ThreadLocal<String>()
            val dispatcher = Executors.newFixedThreadPool(2) { Thread(it, "callers-own") }.asCoroutineDispatcher()

            fun check(after: String) = withClue(after) {
                Thread.currentThread().name shouldStartWith "callers-own"
                user.get() shouldBe "hare"
                MDC.get("request") shouldBe "42"
            }
            dispatcher.use {
                withContext(dispatcher + user.asContextElement("hare") + MDCContext(mapOf("request" to "42"))) {
                    connection.channel {
                        val queue = exclusiveQueue().also { check("declare") }
                        val operations = mapOf<String, suspend AmqpChannel.() -> Unit>(
                            "publish" to { publish(numbered(queue, 1)) },
                            "send" to { send(numbered(queue, 2)) },
                            "publishAll" to { publishAll(flowOf(numbered(queue, 3))) },
                            "publishWindow" to { publishWindow(1) { publish(numbered(queue, 4)) } },
                            "bind" to { bind(BindingSpec.toQueue("amq.direct", queue, "key")) },
                            "get" to { get(queue, autoAck = true) },
                            "consume" to { consume(queue).first().also { check("in the collector") }.ack() },
                            "pull" to { pull(queue) { receive().also { check("having received") }.ack() } },
                        )
                        operations.forEach { (name, operation) ->
                            operation()
                            check(name)
                        }
                        val intake = Intake()
                        process(queue, concurrency = 2, intake = intake) {
                            check("in a handler")
                            intake.close()
                        }
                        check("process")
                        val serving = launch {
                            serve(queue) { rpcReply(it.body()).also { check("in a server") } }
                        }
                        connection.rpcClient(exclusiveQueue()) {
                            call(numbered(queue, 1).withMandatory(true))
                            check("call")
                        }
                        serving.cancelAndJoin()
                    }
                    check("closing")
                }
            }
        }

        onEachBroker("a trace goes on from the publisher over the handler to what that publishes") { broker ->
            val spans = InMemorySpanExporter.create()
            val telemetry =
                OpenTelemetrySdk
                    .builder()
                    .setTracerProvider(
                        SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build(),
                    ).setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                    .build()
            val tracing = OpenTelemetryObserver.of(telemetry)
            connectAmqp("${broker.uri()}") { observer(tracing) }.use { connection ->
                connection.channel {
                    val (first, second) = List(2) { exclusiveQueue() }
                    val order = telemetry.getTracer("test").spanBuilder("order").startSpan()
                    withContext(Current(Context.root().with(order))) {
                        connection.channel { declareQueuePassive(first) } // suspends, and resumes on another thread
                        publish(OutboundMessage.toQueue(first, ByteArray(1)))
                    }
                    order.end()
                    val intake = Intake()
                    process(first, intake = intake) { delivery ->
                        withContext(Current(tracing.contextOf(delivery))) {
                            declareQueuePassive(second)
                            Span.current().spanContext.isValid shouldBe true
                            publish(OutboundMessage.toQueue(second, ByteArray(1)))
                        }
                        intake.close()
                    }
                }
                val order = spans.finishedSpanItems.single { it.name == "order" }
                val published = spans.finishedSpanItems.filter { it.name.startsWith("publish") }
                published.map { it.traceId }.distinct() shouldBe
                    listOf(order.traceId)
                published[0].parentSpanId shouldBe order.spanId
                published[1].parentSpanId shouldBe published[0].spanId
            }
        }
    })

/** What OpenTelemetry's Kotlin extension has as `asContextElement`. */
private class Current(private val context: Context) :
    AbstractCoroutineContextElement(Key),
    ThreadContextElement<Scope> {
    override fun updateThreadContext(context: CoroutineContext): Scope = this.context.makeCurrent()

    override fun restoreThreadContext(context: CoroutineContext, oldState: Scope) = oldState.close()

    private companion object Key : CoroutineContext.Key<Current>
}
