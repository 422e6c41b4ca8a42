package dev.leveret.coroutines.json

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.QueueSpec
import dev.leveret.coroutines.FailurePolicy
import dev.leveret.coroutines.call
import dev.leveret.coroutines.connectAmqp
import dev.leveret.coroutines.process
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.rpcClient
import dev.leveret.coroutines.serve
import dev.leveret.coroutines.use
import dev.leveret.testkit.Broker
import dev.leveret.testkit.Capability
import dev.leveret.testkit.junit.EveryBroker
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import kotlin.io.path.Path
import kotlin.io.path.readText

/** It has a serializer without the compiler's plug-in. */
private typealias Parcel = Pair<Long, String>

private val orders = jsonCodec<Parcel>(Json { ignoreUnknownKeys = true })

class JsonCodecTest {
    private val order = Parcel(42, "Hase, mümmelnd")

    @Test
    fun `what is encoded is decoded`() {
        assertThat(orders.contentType).isEqualTo("application/json")
        assertThat(orders.encode(order).decodeToString()).isEqualTo("""{"first":42,"second":"Hase, mümmelnd"}""")
        assertThat(orders.decode(orders.encode(order), BasicProperties.EMPTY)).isEqualTo(order)
        assertThat(
            jsonCodec<List<Int>>().decode("[1,2]".encodeToByteArray(), BasicProperties.EMPTY),
        ).containsExactly(1, 2)
    }

    @Test
    fun `content types of JSON are accepted, others are not`() {
        listOf(null, "application/json", "Application/JSON; charset=utf-8", "text/json", "application/problem+json")
            .forEach { assertThat(orders.accepts(it)).describedAs(it).isTrue() }
        listOf("text/plain", "application/jsonp", "").forEach {
            assertThat(orders.accepts(it)).describedAs(it).isFalse()
        }
    }

    @Test
    fun `a body that is none says where it is wrong and is not quoted`() {
        val strict = jsonCodec<Parcel>()
        listOf("""{"first":42,"secret":"hunter2"}""", """{"first":"hunter2"}""", "hunter2").forEach { body ->
            assertThatThrownBy { strict.decode(body.encodeToByteArray(), BasicProperties.EMPTY) }
                .isInstanceOf(SerializationException::class.java)
                .hasNoCause()
                .message()
                .doesNotContain("JSON input")
        }
        assertThatThrownBy { strict.decode(byteArrayOf(-1, -2), BasicProperties.EMPTY) }
            .isInstanceOf(CharacterCodingException::class.java)
    }

    @Test
    fun `the example of the documentation is compiled`() {
        val documented =
            Regex("```kotlin(.*?)```", RegexOption.DOT_MATCHES_ALL)
                .findAll(Path("src/main/kotlin/dev/leveret/coroutines/json/JsonCodec.kt").readText())
                .map { it.groupValues[1].replace(Regex("\n *\\* ?"), "\n").words() }
                .toList()
        val here = Path("src/test/kotlin/dev/leveret/coroutines/json/Order.kt").readText().words()
        assertThat(documented).hasSize(1).allSatisfy { assertThat(here).contains(it) }
    }

    // Broker-J delivers again what was rejected.
    @EveryBroker(Capability.QUEUE_ARGUMENTS)
    fun `values travel, and poison is put aside`(broker: Broker): Unit = runBlocking {
        connectAmqp("${broker.uri()}").use { connection ->
            connection.channel {
                val queue = declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()
                publish(OutboundMessage.toQueue(queue, "{".encodeToByteArray()))
                publish("", queue, order, orders)
                val handled = CompletableDeferred<Parcel>()
                val work =
                    launch {
                        process(queue, orders, onFailure = FailurePolicy.REJECT) { it, _ -> handled.complete(it) }
                    }
                assertThat(handled.await()).isEqualTo(order)
                work.cancelAndJoin()
                assertThat(purgeQueue(queue)).isZero()
            }
        }
    }

    @EveryBroker
    fun `values are asked for and answered`(broker: Broker): Unit = runBlocking {
        connectAmqp("${broker.uri()}").use { connection ->
            connection.channel {
                val queue = declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()
                val replies = declareQueue(QueueSpec.temporary().withAutoDelete(false)).name()
                val work = launch { serve(queue, orders, jsonCodec<String>()) { it.second } }
                connection.rpcClient(replies) {
                    assertThat(call("", queue, order, orders, jsonCodec<String>())).isEqualTo(order.second)
                }
                work.cancelAndJoin()
            }
        }
    }

    private fun String.words() = replace(Regex("\\s+"), " ").trim()
}
