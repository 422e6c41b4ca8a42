package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import org.junit.jupiter.api.Test;

class QueueBrowserTest {

    private final Rig rig = new Rig("?jms.browseAnyQueue=true");

    @Test
    void itTellsWhatItWasMadeFor() throws JMSException {
        Session session = rig.started().createSession();
        Queue queue = session.createQueue("q");
        assertThat(session.createBrowser(queue).getQueue()).isEqualTo(queue);
        assertThat(session.createBrowser(queue).getMessageSelector()).isNull();
        assertThat(session.createBrowser(queue, " ").getMessageSelector()).isNull();
        assertThat(session.createBrowser(queue, "a = 1").getMessageSelector()).isEqualTo("a = 1");
    }

    @Test
    void whatCannotBeBrowsedIsRefusedAtOnce() throws JMSException {
        Session session = rig.started().createSession();
        assertThatThrownBy(() -> session.createBrowser(null)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createBrowser(session.createQueue("q"), "a ="))
                .isInstanceOf(InvalidSelectorException.class);
        Queue elsewhere = rig.started().createSession().createTemporaryQueue();
        assertThatThrownBy(() -> session.createBrowser(elsewhere)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void afterClosingNothingIsToldAnyMore() throws JMSException {
        Connection connection = rig.started();
        Session session = connection.createSession();
        QueueBrowser browser = session.createBrowser(session.createQueue("q"));
        rig.amqp.become("Other", "1.0");
        QueueBrowser another = session.createBrowser(session.createQueue("q"));
        browser.close();
        browser.close();
        assertThatThrownBy(browser::getQueue).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(browser::getMessageSelector).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(browser::getEnumeration).isInstanceOf(IllegalStateException.class);
        assertThat(another.getEnumeration().hasMoreElements()).isFalse();
        session.close();
        assertThatThrownBy(another::getEnumeration).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.createBrowser(session.createQueue("q")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void onAnotherBrokerNobodyAsksForTheTypeOfTheQueueWhichIsUnknown() throws JMSException {
        rig.amqp.become("Other", "1.0");
        Session session = rig.started().createSession();
        assertThat(session.createBrowser(session.createQueue("q"))
                        .getEnumeration()
                        .hasMoreElements())
                .isFalse();
        assertThat(rig.log.of("declare")).isEmpty();
        Rig careful = new Rig();
        careful.amqp.become("Other", "1.0");
        Session another = careful.started().createSession();
        QueueBrowser browser = another.createBrowser(another.createQueue("q"));
        assertThatThrownBy(browser::getEnumeration).hasMessageContaining("jms.browseAnyQueue");
    }

    @Test
    void aQueueOfUnknownTypeIsNotBrowsedBeforeRabbitMq43() throws JMSException {
        Rig careful = new Rig();
        careful.amqp.become("RabbitMQ", "4.0.5");
        Session session = careful.started().createSession();
        QueueBrowser browser = session.createBrowser(session.createQueue("q"));
        // The redeclaration as a quorum queue is not refused.
        assertThatThrownBy(browser::getEnumeration)
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("queue://q")
                .hasMessageContaining("jms.browseAnyQueue");
        careful.amqp.become("RabbitMQ", "4.3.0");
        assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
    }
}
