package dev.leveret.coroutines

import com.tngtech.archunit.core.domain.JavaModifier
import com.tngtech.archunit.core.importer.ClassFileImporter
import com.tngtech.archunit.core.importer.ImportOption
import dev.leveret.amqp.api.AsyncChannel
import dev.leveret.amqp.api.AsyncConnection
import dev.leveret.amqp.api.AsyncPublishWindow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.StateFlow
import java.lang.reflect.Method
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.lang.reflect.WildcardType
import java.util.Optional
import java.util.concurrent.CompletableFuture
import kotlin.coroutines.Continuation

/** What can be done with the Java face can be done with this one. */
class FaceParityTest :
    StringSpec({
        "every operation of a connection is here" {
            missing(AsyncConnection::class.java, AmqpConnection::class.java).shouldBeEmpty()
        }

        "every operation of a channel is here" {
            missing(AsyncChannel::class.java, AmqpChannel::class.java).shouldBeEmpty()
        }

        "every operation of a publish window is here" {
            missing(AsyncPublishWindow::class.java, AmqpPublishWindow::class.java).shouldBeEmpty()
        }

        "what answers later suspends, takes what the Java operation takes and returns what it completes with" {
            listOf(
                AsyncConnection::class.java to AmqpConnection::class.java,
                AsyncChannel::class.java to AmqpChannel::class.java,
            ).forEach { (java, kotlin) ->
                java.methods
                    .filter { it.returnType == CompletableFuture::class.java && it.name !in RENAMED }
                    .forEach { operation ->
                        withClue(operation) {
                            val here = kotlin.methods.filter { it.plainName == operation.name }
                            val takes = operation.genericParameterTypes.map { KOTLINS[it] ?: it }
                            // Defaults stand for the shorter overloads.
                            here.any { it.isSuspend && it.takes().take(takes.size) == takes } shouldBe true
                            here.any { it.resultType() == resultOf(operation) } shouldBe true
                        }
                    }
            }
        }

        "what Java needs for waiting, for time and for nothing is nowhere in this face" {
            val javas = setOf("java.time.Duration", "java.util.Optional", "java.util.concurrent.CompletableFuture")
            val face = ClassFileImporter()
                .withImportOption(ImportOption.DoNotIncludeTests())
                .importPackages("dev.leveret.coroutines")
            face
                // Bytecode does not tell what is internal to the module.
                .filter { JavaModifier.PUBLIC in it.modifiers && it.simpleName != "FuturesKt" }
                .flatMap { it.methods }
                .filter {
                    JavaModifier.PUBLIC in it.modifiers && JavaModifier.SYNTHETIC !in it.modifiers &&
                        '$' !in it.name
                }
                .filter { method -> (method.rawParameterTypes + method.rawReturnType).any { it.name in javas } }
                .map { it.fullName }
                .shouldBeEmpty()
        }

        "what comes more than once is a flow" {
            val flows = listOf(AmqpConnection::class.java, AmqpChannel::class.java).flatMap { it.methods.toList() }
            flows.filter { it.returnType == Flow::class.java && !it.isSynthetic }.map { it.name }.sorted() shouldBe
                listOf("consume", "getEvents", "getReturns")
            AmqpConnection::class.java.getMethod("getState").returnType shouldBe StateFlow::class.java
        }
    })

/** What has another name here, and what is left out for a reason. */
private val RENAMED =
    mapOf(
        "onEvent" to "events",
        "onReturn" to "returns",
        "closed" to "awaitClosed",
        "consumeOnEventLoop" to "consume",
        // A flow instead of a handler, so it is compared by its name only.
        "consume" to "consume",
        // A type of this face, so it is compared by its name only.
        "openChannel" to "openChannel",
        // A block instead of an object that has to be closed, so it is compared by its name only.
        "pull" to "pull",
        // Part of publishing.
        "ready" to "publish",
        "blocking" to null,
    )

/** What a type is here; a value class is what it holds. */
private val KOTLINS = mapOf<Type, Type>(java.time.Duration::class.java to Long::class.java)

private fun missing(java: Class<*>, kotlin: Class<*>): List<String> {
    val here = kotlin.methods.map { it.plainName }.toSet()
    return java.methods
        .map { it.name }
        .distinct()
        .mapNotNull { if (it in RENAMED) RENAMED[it] else it }
        .filterNot { name -> name in here || "get${name.replaceFirstChar(Char::uppercase)}" in here }
}

/** The name without what the compiler adds for parameters of value classes. */
private val Method.plainName: String get() = name.substringBefore('-')

private val Method.isSuspend: Boolean get() = parameterTypes.lastOrNull() == Continuation::class.java

private fun Method.takes(): List<Type> = genericParameterTypes.dropLast(1)

/** What a suspend function returns: the argument of its continuation. */
private fun Method.resultType(): String? = (genericParameterTypes.lastOrNull() as? ParameterizedType)
    ?.takeIf { it.rawType == Continuation::class.java }
    ?.let { (it.actualTypeArguments.single() as WildcardType).lowerBounds.single().typeName }

private fun resultOf(operation: Method): String {
    val result = (operation.genericReturnType as ParameterizedType).actualTypeArguments.single()
    if (result == Void::class.java) return "kotlin.Unit"
    val optional = (result as? ParameterizedType)?.takeIf { it.rawType == Optional::class.java }
    return (optional?.actualTypeArguments?.single() ?: result).typeName
}
