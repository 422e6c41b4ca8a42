package dev.leveret.coroutines.fake

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.amqp.api.Delivery
import dev.leveret.amqp.api.SettlementException
import dev.leveret.amqp.api.SettlementException.Reason
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference

/** A delivery that remembers what was done with it, and refuses what a real one would refuse. */
class FakeDelivery(
    private val tag: Int,
    private val autoAck: Boolean = false,
    private val onSettle: (fate: String) -> Unit = {},
) : Delivery {
    private val settled = AtomicReference<String?>()
    private val attempts = AtomicInteger()

    /** Whether its channel has ended. */
    @Volatile
    var stale = false

    /** Whether it comes from a stream. */
    var ofStream = false

    /** Whether it may have been delivered before. */
    var redelivered = false

    var properties: BasicProperties = BasicProperties.EMPTY

    var body: ByteArray = "$tag".toByteArray()

    /** How often somebody tried to settle it. */
    val settleAttempts: Int get() = attempts.get()

    /** `ack`, `requeue`, `drop`, or `unsettled`. */
    val fate: String get() = settled.get() ?: "unsettled"

    override fun consumerTag(): String = "fake"

    override fun deliveryTag(): Long = tag.toLong()

    override fun redelivered(): Boolean = redelivered

    override fun exchange(): String = ""

    override fun routingKey(): String = "fake"

    override fun properties(): BasicProperties = properties

    override fun body(): ByteArray = body

    override fun autoAcknowledged(): Boolean = autoAck

    override fun ack() = settle("ack")

    override fun ackMultiple() = throw UnsupportedOperationException("never of one's own accord")

    override fun nack(requeue: Boolean) = settle(if (requeue) "requeue" else "drop")

    override fun nackMultiple(requeue: Boolean) = throw UnsupportedOperationException("never of one's own accord")

    override fun reject(requeue: Boolean) = settle(if (requeue) "requeue" else "drop")

    override fun isSettleable(): Boolean = !autoAck && !stale && settled.get() == null

    override fun toString(): String = "#$tag"

    private fun settle(fate: String) {
        attempts.incrementAndGet()
        if (ofStream && fate != "ack") throw SettlementException("#$tag comes from a stream", Reason.STREAM)
        if (autoAck) throw SettlementException("#$tag was settled from the start", Reason.AUTO_ACKNOWLEDGED)
        if (stale) throw SettlementException("#$tag is stale", Reason.STALE)
        if (!settled.compareAndSet(null, fate)) {
            throw SettlementException("#$tag is settled: ${this.fate}", Reason.ALREADY_SETTLED)
        }
        onSettle(fate)
    }
}
