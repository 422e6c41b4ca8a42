package dev.leveret.amqp.recovery;

import java.time.Duration;

/** How long to wait before something refused is tried again: a tenth of a second, then twice as long each time, up to ten. */
final class RetryPauses {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private Duration next = Duration.ofMillis(100);

    Duration next() {
        Duration pause = next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return pause;
    }
}
