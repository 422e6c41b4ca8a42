package dev.leveret.coroutines.fake

import dev.leveret.amqp.api.AsyncPublishWindow
import dev.leveret.amqp.api.OutboundMessage
import dev.leveret.amqp.api.PublishWindow
import java.util.concurrent.CompletableFuture

/** A publish window that writes down what it is asked for; the test gives the answers, when it likes. */
class FakeWindow(val size: Int) : AsyncPublishWindow {
    val requests = Requests()

    override fun publish(message: OutboundMessage): CompletableFuture<Void> = requests.add("publish", message)

    override fun ready(): CompletableFuture<Void> = requests.add("ready")

    override fun flush(): CompletableFuture<Void> = requests.add("flush")

    override fun unconfirmed(): Int = 17

    override fun blocking(): PublishWindow = throw UnsupportedOperationException("nothing here may wait")
}
