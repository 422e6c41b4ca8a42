package dev.leveret.jms;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;

/**
 * How a producer sends (Jakarta Messaging 3.1, section 7.4). Immutable; the withers check.
 *
 * @param timeToLive in milliseconds; zero for ever
 * @param deliveryDelay in milliseconds; zero for none
 * @param withId whether a message identifier is made
 * @param withTimestamp whether the time of sending is noted
 */
record SendOptions(
        int deliveryMode, int priority, long timeToLive, long deliveryDelay, boolean withId, boolean withTimestamp) {

    /** What RabbitMQ's queues can let a message wait: 49 days. */
    private static final long MAX_DELIVERY_DELAY = 0xFFFF_FFFFL;

    static final SendOptions DEFAULT = new SendOptions(
            Message.DEFAULT_DELIVERY_MODE,
            Message.DEFAULT_PRIORITY,
            Message.DEFAULT_TIME_TO_LIVE,
            Message.DEFAULT_DELIVERY_DELAY,
            true,
            true);

    boolean persistent() {
        return deliveryMode == DeliveryMode.PERSISTENT;
    }

    SendOptions withDeliveryMode(int value) throws JMSException {
        if (value != DeliveryMode.PERSISTENT && value != DeliveryMode.NON_PERSISTENT) {
            throw new JMSException("delivery mode " + value + " is neither PERSISTENT (2) nor NON_PERSISTENT (1)");
        }
        return new SendOptions(value, priority, timeToLive, deliveryDelay, withId, withTimestamp);
    }

    SendOptions withPriority(int value) throws JMSException {
        if (value < 0 || value > 9) {
            throw new JMSException("priority " + value + " is not in 0..9");
        }
        return new SendOptions(deliveryMode, value, timeToLive, deliveryDelay, withId, withTimestamp);
    }

    SendOptions withTimeToLive(long value) throws JMSException {
        if (value < 0) {
            throw new JMSException("time to live " + value + " is negative");
        }
        return new SendOptions(deliveryMode, priority, value, deliveryDelay, withId, withTimestamp);
    }

    SendOptions withDeliveryDelay(long value) throws JMSException {
        if (value < 0 || value > MAX_DELIVERY_DELAY) {
            throw new JMSException("delivery delay " + value + " is not in 0.." + MAX_DELIVERY_DELAY
                    + " milliseconds, which is what RabbitMQ's queues can let a message wait");
        }
        return new SendOptions(deliveryMode, priority, timeToLive, value, withId, withTimestamp);
    }

    /** Whether nobody can ever receive it. */
    boolean expiresBeforeItIsDelivered() {
        return timeToLive != 0 && timeToLive <= deliveryDelay;
    }

    SendOptions withId(boolean value) {
        return new SendOptions(deliveryMode, priority, timeToLive, deliveryDelay, value, withTimestamp);
    }

    SendOptions withTimestamp(boolean value) {
        return new SendOptions(deliveryMode, priority, timeToLive, deliveryDelay, withId, value);
    }
}
