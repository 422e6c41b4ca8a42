package dev.leveret.examples

import dev.leveret.jms.LeveretConnectionFactory
import jakarta.jms.Connection
import jakarta.jms.Message
import jakarta.jms.Session
import jakarta.jms.TextMessage
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeout
import kotlin.time.Duration.Companion.seconds

/** Receives word counts as any Jakarta Messaging application would. */
internal class CountListener(uri: String, queue: String, private val expected: Int) : AutoCloseable {
    private val counts = LinkedHashMap<String, Int>()
    private val all = CompletableDeferred<Map<String, Int>>()
    private val connection: Connection = LeveretConnectionFactory(uri).createConnection()

    init {
        val session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)
        session.createConsumer(session.createQueue(queue)).setMessageListener(::onMessage)
        connection.start()
        if (expected == 0) all.complete(counts)
    }

    suspend fun await(): Map<String, Int> = withTimeout(30.seconds) { all.await() }

    override fun close() = connection.close()

    /** Called by the session's thread, one message at a time. */
    private fun onMessage(message: Message) {
        counts[(message as TextMessage).text] = message.getIntProperty("count")
        if (counts.size == expected) all.complete(counts)
    }
}
