package dev.leveret.examples.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What {@code application.properties}, the environment ({@code LEVERET_URI}) or the command line ({@code --leveret.uri=…}) say.
 *
 * @param uri {@code amqp://user:password@host:port/vhost?option=value}
 * @param queue of the orders
 * @param patience how long a shutdown waits for what is in hand
 */
@ConfigurationProperties("leveret")
record LeveretProperties(String uri, String queue, Duration patience) {

    /** A URI may have a password in it. */
    @Override
    public String toString() {
        return "LeveretProperties[queue=" + queue + ", patience=" + patience + "]";
    }
}
