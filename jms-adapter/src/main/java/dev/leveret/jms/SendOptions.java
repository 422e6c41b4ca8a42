package dev.leveret.jms;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;

/**
 * How a producer sends (Jakarta Messaging 3.1, section 7.4). Immutable; the withers check.
 *
 * @param timeToLive in milliseconds; zero for ever
 * @param withId whether a message identifier is made
 * @param withTimestamp whether the time of sending is noted
 */
record SendOptions(int deliveryMode, int priority, long timeToLive, boolean withId, boolean withTimestamp) {

    static final SendOptions DEFAULT = new SendOptions(
            Message.DEFAULT_DELIVERY_MODE, Message.DEFAULT_PRIORITY, Message.DEFAULT_TIME_TO_LIVE, true, true);

    boolean persistent() {
        return deliveryMode == DeliveryMode.PERSISTENT;
    }

    SendOptions withDeliveryMode(int value) throws JMSException {
        if (value != DeliveryMode.PERSISTENT && value != DeliveryMode.NON_PERSISTENT) {
            throw new JMSException("delivery mode " + value + " is neither PERSISTENT (2) nor NON_PERSISTENT (1)");
        }
        return new SendOptions(value, priority, timeToLive, withId, withTimestamp);
    }

    SendOptions withPriority(int value) throws JMSException {
        if (value < 0 || value > 9) {
            throw new JMSException("priority " + value + " is not in 0..9");
        }
        return new SendOptions(deliveryMode, value, timeToLive, withId, withTimestamp);
    }

    SendOptions withTimeToLive(long value) throws JMSException {
        if (value < 0) {
            throw new JMSException("time to live " + value + " is negative");
        }
        return new SendOptions(deliveryMode, priority, value, withId, withTimestamp);
    }

    SendOptions withId(boolean value) {
        return new SendOptions(deliveryMode, priority, timeToLive, value, withTimestamp);
    }

    SendOptions withTimestamp(boolean value) {
        return new SendOptions(deliveryMode, priority, timeToLive, withId, value);
    }
}
