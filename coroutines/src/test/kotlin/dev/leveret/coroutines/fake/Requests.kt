package dev.leveret.coroutines.fake

import java.util.concurrent.CompletableFuture

/** What a fake was asked for, in order. */
class Requests {
    private val all = ArrayList<Request>()

    val names: List<String> get() = all.map { it.name }
    val last: Request get() = all.last()
    val lastOrNull: Request? get() = all.lastOrNull()

    operator fun get(name: String): Request = all.single { it.name == name }

    /** All of one name, in order. */
    fun all(name: String): List<Request> = all.filter { it.name == name }

    fun <T> add(name: String, vararg arguments: Any): CompletableFuture<T> {
        val request = Request(name, arguments.toList())
        all += request
        @Suppress("UNCHECKED_CAST") // the test replies with what the operation returns
        return request.future as CompletableFuture<T>
    }

    class Request(val name: String, val arguments: List<Any>) {
        val future = CompletableFuture<Any?>()

        fun reply(value: Any? = null) {
            future.complete(value)
        }

        fun fail(cause: Throwable) {
            future.completeExceptionally(cause)
        }
    }
}
