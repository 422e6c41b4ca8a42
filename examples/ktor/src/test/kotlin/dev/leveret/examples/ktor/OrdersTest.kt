package dev.leveret.examples.ktor

import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.junit.EveryBroker
import dev.leveret.testkit.proxy.Cut
import dev.leveret.testkit.proxy.FaultProxy
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import java.util.Collections.synchronizedList
import java.util.UUID
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** The application is started, used over HTTP, and stopped. */
class OrdersTest {
    @EveryBroker
    fun `what is posted is handled, and a lost broker shows in the health check`(broker: Broker) {
        FaultProxy.to(broker).use { proxy ->
            withOrders(broker, "${proxy.uri(broker.uri())}") { orders ->
                assertThat(orders.get("/health").statusCode()).isEqualTo(200)
                (1..20).forEach { assertThat(orders.post("/orders/$it", "$it hares").statusCode()).isEqualTo(202) }
                (1..20).forEach { orders.awaitHandled(it, "$it hares") }
                assertThat(orders.get("/orders/21").statusCode()).isEqualTo(404)

                proxy.refuse()
                proxy.cut(Cut.RST)
                orders.await { get("/health").run { statusCode() == 503 && "Recovering" in body() } }
                proxy.heal()
                orders.await { get("/health").statusCode() == 200 }
                assertThat(orders.post("/orders/21", "a leveret").statusCode()).isEqualTo(202)
                orders.awaitHandled(21, "a leveret")
            }
        }
    }

    @EveryBroker
    fun `a stop finishes what is in hand and leaves the rest in the queue`(broker: Broker) {
        val begun = CompletableDeferred<Unit>()
        val mayEnd = CompletableDeferred<Unit>()
        val handled = synchronizedList(ArrayList<String>())
        val handle: suspend (String, String) -> Unit = { number, _ ->
            begun.complete(Unit)
            mayEnd.await()
            handled += number
        }
        withOrders(broker, "${broker.uri()}", handle) { orders ->
            (1..3).forEach { orders.post("/orders/$it", "a hare") }
            runBlocking { begun.await() }
            val stopping = CompletableFuture.runAsync { orders.stop() }
            orders.await { runCatching { get("/health").statusCode() != 200 }.getOrDefault(true) }
            assertThat(stopping.isDone).isFalse()
            mayEnd.complete(Unit)
            stopping.get(30, TimeUnit.SECONDS)
            assertThat(handled).containsExactly("1")
            assertThat(messagesIn(orders.queue, broker)).isEqualTo(2)
            assertThatThrownBy { orders.get("/health") }.isInstanceOf(IOException::class.java)
        }
    }

    private class RunningOrders(val queue: String, private val port: Int, val stop: () -> Unit) {
        fun get(path: String) = send(path) { GET() }

        fun post(path: String, body: String) = send(path) { POST(BodyPublishers.ofString(body)) }

        fun awaitHandled(number: Int, text: String) = await { get("/orders/$number").body() == "$text\n" }

        inline fun await(condition: RunningOrders.() -> Boolean) {
            val deadline = System.nanoTime() + LIMIT.toNanos()
            while (!condition()) {
                check(System.nanoTime() < deadline) { "not within $LIMIT" }
                Thread.sleep(10)
            }
        }

        private inline fun send(path: String, method: HttpRequest.Builder.() -> Unit): HttpResponse<String> {
            val uri = URI("http://localhost:$port$path")
            val request = HttpRequest.newBuilder(uri).timeout(LIMIT).apply(method).build()
            return CLIENT.send(request, BodyHandlers.ofString())
        }
    }

    private companion object {
        val LIMIT: Duration = Duration.ofSeconds(20)
        val CLIENT: HttpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

        fun withOrders(
            broker: Broker,
            uri: String,
            handle: suspend (String, String) -> Unit = { _, _ -> },
            test: (RunningOrders) -> Unit,
        ) {
            val queue = "leveret.test.orders.${UUID.randomUUID()}"
            val server = embeddedServer(CIO, port = 0) { orders(uri, queue, handle) }.start()
            val port = runBlocking { server.engine.resolvedConnectors().single().port }
            try {
                test(RunningOrders(queue, port) { server.stop(gracePeriodMillis = 100, timeoutMillis = 5000) })
            } finally {
                server.stop(0, 0)
                withConnection(broker) { deleteQueue(queue) }
            }
        }

        fun messagesIn(queue: String, broker: Broker): Long =
            withConnection(broker) { declareQueuePassive(queue).messageCount() }

        private fun <R> withConnection(broker: Broker, block: suspend dev.leveret.coroutines.AmqpChannel.() -> R): R =
            runBlocking { connectAmqp("${broker.uri()}").use { it.channel(block = block) } }
    }
}
