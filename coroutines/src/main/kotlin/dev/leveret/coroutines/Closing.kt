package dev.leveret.coroutines

/**
 * Runs [block] and then, however it ended, [close], which must not be cancellable. The first failure counts; what
 * [close] throws after it is added to it as suppressed.
 */
internal suspend inline fun <R> closingAfter(close: () -> Unit, block: () -> R): R {
    val result =
        try {
            block()
        } catch (failure: Throwable) {
            try {
                close()
            } catch (second: Throwable) {
                if (second !== failure) failure.addSuppressed(second)
            }
            throw failure
        }
    close()
    return result
}
