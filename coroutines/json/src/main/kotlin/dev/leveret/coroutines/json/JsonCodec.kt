package dev.leveret.coroutines.json

import dev.leveret.amqp.api.BasicProperties
import dev.leveret.coroutines.MessageCodec
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer

/**
 * Bodies in JSON, in UTF-8 as JSON always is. It accepts the `content-type`s `application/json`, `text/json` and those that
 * end in `+json`, and messages without one.
 *
 * What it throws about a body says where it is wrong; the body itself, which the library would quote, is left out.
 *
 * @param json how lenient to be, and what else is to be configured
 */
public class JsonCodec<T>(private val serializer: KSerializer<T>, private val json: Json = Json) : MessageCodec<T> {
    override val contentType: String get() = "application/json"

    override fun accepts(contentType: String?): Boolean =
        contentType == null || contentType.substringBefore(';').trim().lowercase().let {
            it == "application/json" || it == "text/json" || it.endsWith("+json")
        }

    override fun encode(value: T): ByteArray = json.encodeToString(serializer, value).encodeToByteArray()

    override fun decode(body: ByteArray, properties: BasicProperties): T = try {
        json.decodeFromString(serializer, body.decodeToString(throwOnInvalidSequence = true))
    } catch (failure: SerializationException) {
        // The library quotes the input, which is not for logs; as the cause it would get there all the same.
        throw SerializationException(failure.message?.substringBefore("\nJSON input:"))
    }

    override fun toString(): String = "JsonCodec(${serializer.descriptor.serialName})"
}

/**
 * A codec for a type that is `@Serializable`, such as `data class Order(val id: Long, val item: String)`.
 *
 * ```kotlin
 * val orders = jsonCodec<Order>(Json { ignoreUnknownKeys = true })
 * ```
 *
 * @throws SerializationException if there is no serializer for it
 */
public inline fun <reified T> jsonCodec(json: Json = Json): JsonCodec<T> =
    JsonCodec(json.serializersModule.serializer<T>(), json)
