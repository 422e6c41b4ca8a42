package dev.leveret.coroutines.json

import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json

/*
 * The example of the documentation; without the compiler's plug-in it is only compiled.
 */

@Serializable
data class Order(val id: Long, val item: String)

fun codecOfOrders(): JsonCodec<Order> {
    val orders = jsonCodec<Order>(Json { ignoreUnknownKeys = true })
    return orders
}
