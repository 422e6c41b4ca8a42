package dev.leveret.jms.message;

import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.TextMessage;
import org.jspecify.annotations.Nullable;

/** A message whose body is a string, or none (Jakarta Messaging 3.1, section 3.11). */
public final class JmsTextMessage extends JmsMessage implements TextMessage {

    private @Nullable String text;

    public JmsTextMessage() {}

    public JmsTextMessage(@Nullable String text) {
        this.text = text;
    }

    @Override
    public void setText(@Nullable String value) throws MessageNotWriteableException {
        requireWritableBody();
        text = value;
    }

    @Override
    public @Nullable String getText() {
        return text;
    }

    @Override
    @Nullable
    Object body() {
        return text;
    }

    @Override
    void emptyBody() {
        text = null;
    }
}
