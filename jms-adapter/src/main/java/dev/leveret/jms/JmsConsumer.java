package dev.leveret.jms;

import jakarta.jms.JMSConsumer;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import org.jspecify.annotations.Nullable;

/** The consumer of the simplified API (Jakarta Messaging 3.1, chapter 8). Pure delegation. */
final class JmsConsumer implements JMSConsumer {

    private final JmsMessageConsumer consumer;

    JmsConsumer(JmsMessageConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public @Nullable String getMessageSelector() {
        return Unchecked.ask(consumer::getMessageSelector);
    }

    @Override
    public @Nullable MessageListener getMessageListener() {
        return Unchecked.ask(consumer::getMessageListener);
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) {
        Unchecked.run(() -> consumer.setMessageListener(listener));
    }

    @Override
    public @Nullable Message receive() {
        return Unchecked.ask(consumer::receive);
    }

    @Override
    public @Nullable Message receive(long timeout) {
        return Unchecked.ask(() -> consumer.receive(timeout));
    }

    @Override
    public @Nullable Message receiveNoWait() {
        return Unchecked.ask(consumer::receiveNoWait);
    }

    @Override
    public void close() {
        Unchecked.run(consumer::close);
    }

    @Override
    public <T> @Nullable T receiveBody(@Nullable Class<T> type) {
        return receiveBody(type, 0);
    }

    @Override
    public <T> @Nullable T receiveBody(@Nullable Class<T> type, long timeout) {
        return Unchecked.ask(() -> consumer.receiveBody(type, timeout));
    }

    @Override
    public <T> @Nullable T receiveBodyNoWait(@Nullable Class<T> type) {
        return Unchecked.ask(() -> consumer.receiveBodyNoWait(type));
    }
}
