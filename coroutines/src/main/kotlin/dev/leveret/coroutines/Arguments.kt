package dev.leveret.coroutines

import kotlin.time.Duration

/** The arguments of one declaration; each is set once, by its property or by its name. */
internal class Arguments(private val owner: String) {
    private val values = LinkedHashMap<String, Any>()

    val table: Map<String, Any> get() = values

    operator fun set(name: String, value: Any) {
        require(name !in values || values[name] == value) {
            "$owner has the argument $name twice: ${values[name]} and $value"
        }
        values[name] = value
    }

    fun setCount(name: String, value: Number?, from: Long = 0) {
        if (value != null) {
            require(value.toLong() >= from) { "$owner has $name $value, which is less than $from" }
            this[name] = value
        }
    }

    fun setMillis(name: String, value: Duration?, from: Long) {
        if (value != null) {
            val millis = value.inWholeMilliseconds
            require(millis in from..MAX_MILLIS) { "$owner has $name $value, which is not in $from..2^32-1 ms" }
            this[name] = millis
        }
    }

    private companion object {
        const val MAX_MILLIS = 0xFFFF_FFFFL
    }
}
