package dev.leveret.coroutines

import kotlin.time.Duration

/** The arguments of one declaration; each is set once, by its property or by its name. */
internal class Arguments(private val owner: String) {
    private val values = LinkedHashMap<String, Any?>()

    /** Values may be `null`, a field without one, which the Java types allow and Kotlin does not see. */
    @Suppress("UNCHECKED_CAST")
    val table: Map<String, Any> get() = values as Map<String, Any>

    operator fun get(name: String): Any? = values[name]

    operator fun set(name: String, value: Any?) {
        require(name !in values || values[name] == value) {
            "$owner has the argument $name twice: ${values[name]} and $value"
        }
        values[name] = value
    }

    /** What one of the Java values has that was made for its arguments. */
    fun addAll(arguments: Map<String, Any?>) = arguments.forEach { (name, value) -> this[name] = value }

    fun setText(name: String, value: String?) {
        value?.let { this[name] = it }
    }

    fun setCount(name: String, value: Number?, range: LongRange) {
        if (value != null) {
            require(value.toLong() in range) {
                val allowed = if (range.last == Long.MAX_VALUE) "less than ${range.first}" else "not in $range"
                "$owner has $name $value, which is $allowed"
            }
            this[name] = value
        }
    }

    fun setMillis(name: String, value: Duration?, from: Long) {
        if (value != null) {
            val millis = value.inWholeMilliseconds
            require(millis >= from && value.isFinite()) { "$owner has $name $value, which is not $from ms or more" }
            this[name] = millis
        }
    }
}
