package dev.leveret.coroutines

/**
 * Marks the receivers of this library's lambdas, so that a lambda reaches only its own receiver without naming one: a
 * `publish` inside the properties of a message, or a `queue` inside a `queue`, does not compile.
 */
@DslMarker
@Target(AnnotationTarget.CLASS)
public annotation class AmqpDsl
