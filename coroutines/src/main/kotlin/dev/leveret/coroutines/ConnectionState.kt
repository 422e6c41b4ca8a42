package dev.leveret.coroutines

import dev.leveret.amqp.api.AmqpException
import dev.leveret.amqp.api.AsyncConnection
import dev.leveret.amqp.api.ConnectionEvent
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update

/** What a connection is like at the moment: see [AmqpConnection.state]. */
public sealed interface ConnectionState {
    /** Everything works. */
    public data object Open : ConnectionState

    /** The broker is short of memory or disk and takes no messages: publishing waits. */
    public data class Blocked(public val reason: String) : ConnectionState

    /** It is lost and being recovered; calls wait for that. */
    public data class Recovering(public val cause: AmqpException) : ConnectionState

    /** It has ended for good; without a cause when this side closed it. */
    public data class Closed(public val cause: AmqpException?) : ConnectionState
}

/** Told of from the beginning, so that no state is missed; lasts as long as the connection. */
internal fun AsyncConnection.stateFlow(): StateFlow<ConnectionState> {
    val state = MutableStateFlow<ConnectionState>(ConnectionState.Open)
    onEvent { event -> state.update { after(event, it) } }
    val end = closed()
    end.whenComplete { _, _ -> state.value = ConnectionState.Closed(end.failureOrNull() as? AmqpException) }
    return state
}

/** That of publishers may be lost and recovered by itself: whether it is this one the connection knows. */
private fun AsyncConnection.after(event: ConnectionEvent, now: ConnectionState): ConnectionState = when {
    now is ConnectionState.Closed -> now
    event is ConnectionEvent.Blocked && isOpen -> ConnectionState.Blocked(event.reason())
    event is ConnectionEvent.Unblocked && now is ConnectionState.Blocked -> ConnectionState.Open
    event is ConnectionEvent.Lost && !isOpen -> ConnectionState.Recovering(event.cause())
    event is ConnectionEvent.Recovered && isOpen && now is ConnectionState.Recovering -> ConnectionState.Open
    else -> now
}
