package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.Session;
import org.junit.jupiter.api.Test;

/** A client identifier is one connection's (section 6.1.2). */
class ClientIdOnBrokersTest {

    @Test
    @RequiresRabbitMq
    void twoConnectionsCannotHaveTheSameIdentifier(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String id = on.name("client");
            Connection first = on.factory("").createConnection();
            first.setClientID(id);
            Connection second = on.opened(on.factory("").createConnection());
            assertThatThrownBy(() -> second.setClientID(id))
                    .isInstanceOf(InvalidClientIDException.class)
                    .hasMessageContaining(id);
            assertThatThrownBy(() -> on.factory("?jms.clientId=" + id).createConnection())
                    .isInstanceOf(InvalidClientIDException.class);
            assertThatThrownBy(() -> {
                        try (JMSContext context =
                                on.factory("?jms.clientId=" + id).createContext()) {
                            context.createQueue("q");
                        }
                    })
                    .isInstanceOf(InvalidClientIDRuntimeException.class);
            assertThat(second.getClientID()).isNull();
            first.close();
            second.setClientID(id);
            assertThat(second.getClientID()).isEqualTo(id);
        }
    }

    @EveryBroker
    void whoDoesNotWantItCheckedMayHaveItTwice(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String options = "?jms.checkClientId=false&jms.clientId=" + on.name("client");
            on.opened(on.factory(options).createConnection());
            on.opened(on.factory(options).createConnection());
        }
    }

    @Test
    @RequiresRabbitMq
    void nothingIsKeptInTheQueueThatHoldsTheIdentifier(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String id = on.name("client");
            Connection connection = on.started("?jms.browseAnyQueue=true&jms.clientId=" + id);
            Channel channel = on.channel();
            channel.publish(OutboundMessage.toQueue("jms.client." + id, new byte[1000]));
            Session session = connection.createSession();
            assertThat(session.createBrowser(session.createQueue("jms.client." + id))
                            .getEnumeration()
                            .hasMoreElements())
                    .isFalse();
        }
    }
}
