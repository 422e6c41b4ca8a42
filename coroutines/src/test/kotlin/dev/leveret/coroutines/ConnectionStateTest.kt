package dev.leveret.coroutines

import dev.leveret.amqp.api.ConnectionEvent
import dev.leveret.amqp.api.ConnectionLostException
import dev.leveret.amqp.api.RecoveryReport
import dev.leveret.coroutines.fake.FakeConnection
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import java.time.Duration

class ConnectionStateTest :
    StringSpec({
        "a connection is open until it is told otherwise" {
            AmqpConnection(FakeConnection()).state.value shouldBe ConnectionState.Open
        }

        "the state follows blocks, losses and recoveries" {
            val fake = FakeConnection()
            val state = AmqpConnection(fake).state
            fake.tell(ConnectionEvent.Blocked("memory"))
            state.value shouldBe ConnectionState.Blocked("memory")
            fake.tell(ConnectionEvent.Unblocked())
            state.value shouldBe ConnectionState.Open
            fake.tell(ConnectionEvent.Blocked("disk"))
            fake.recovering = true
            val cause = ConnectionLostException("reset", null)
            fake.tell(ConnectionEvent.Lost(cause))
            state.value shouldBe ConnectionState.Recovering(cause)
            fake.recovering = false
            fake.tell(RECOVERED)
            state.value shouldBe ConnectionState.Open
        }

        "a second connection for publishers that is lost is not this one" {
            val fake = FakeConnection()
            val state = AmqpConnection(fake).state
            fake.tell(ConnectionEvent.Lost(ConnectionLostException("reset", null)))
            state.value shouldBe ConnectionState.Open
            fake.recovering = true
            val cause = ConnectionLostException("reset", null)
            fake.tell(ConnectionEvent.Lost(cause))
            fake.tell(RECOVERED)
            state.value shouldBe ConnectionState.Recovering(cause)
        }

        "the end is the end, with its cause" {
            val cause = ConnectionLostException("given up", null)
            val lost = FakeConnection()
            val state = AmqpConnection(lost).state
            lost.end.completeExceptionally(cause)
            state.value shouldBe ConnectionState.Closed(cause)
            lost.tell(RECOVERED)
            state.value shouldBe ConnectionState.Closed(cause)

            val closed = FakeConnection().apply { end.complete(null) }
            AmqpConnection(closed).state.value shouldBe ConnectionState.Closed(null)
        }
    })

private val RECOVERED = ConnectionEvent.Recovered(RecoveryReport(emptyList(), 1, Duration.ZERO, 0))
