package dev.leveret.examples.ktor

import dev.leveret.amqp.api.PublishException
import dev.leveret.coroutines.publish
import dev.leveret.coroutines.topology
import dev.leveret.testkit.Brokers
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.Application
import io.ktor.server.application.install
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.request.receiveText
import io.ktor.server.response.respond
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import java.util.concurrent.ConcurrentHashMap

/**
 * Takes orders and handles them when it has time:
 * ```sh
 * curl -d '3 hares' localhost:8080/orders/1
 * curl localhost:8080/orders/1
 * curl localhost:8080/health
 * ```
 */
fun main(args: Array<String>) {
    val uri = args.firstOrNull() ?: "${Brokers.any().uri()}"
    embeddedServer(CIO, port = 8080) { orders(uri) }.start(wait = true) // ends gracefully on SIGTERM
}

/** @param handle what is done with an order, by number and text */
fun Application.orders(uri: String, queue: String = "orders", handle: suspend (String, String) -> Unit = { _, _ -> }) {
    val handled = ConcurrentHashMap<String, String>()

    install(Amqp) {
        this.uri = uri
        connection { connectionName = "orders" }
        topology = topology { queue(queue) }
        process(queue) { order ->
            val number = order.properties().messageId().orEmpty()
            val text = order.body().decodeToString()
            handle(number, text)
            handled[number] = text
        }
    }

    routing {
        post("/orders/{number}") {
            val number = call.parameters["number"]
            try {
                amqp.channel.publish("", queue, call.receiveText().encodeToByteArray(), mandatory = true) {
                    messageId = number
                    persistent = true
                }
                call.respond(HttpStatusCode.Accepted) // the broker has it
            } catch (failure: PublishException) {
                call.respondText("${failure.message}\n", status = HttpStatusCode.ServiceUnavailable)
            }
        }
        get("/orders/{number}") {
            val text = handled[call.parameters["number"]]
            if (text == null) call.respond(HttpStatusCode.NotFound) else call.respondText("$text\n")
        }
        get("/health") {
            val problem = amqp.problem
            val status = if (problem == null) HttpStatusCode.OK else HttpStatusCode.ServiceUnavailable
            call.respondText("${problem ?: "fine"}\n", status = status)
        }
    }
}
