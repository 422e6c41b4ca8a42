package dev.leveret.examples.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresBroker;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class SpringBootOrdersTest {

    @Test
    @RequiresBroker
    void anOrderIsConfirmed(Broker broker) throws Exception {
        try (ConfigurableApplicationContext application =
                SpringBootOrders.run(broker.uri().toString())) {
            assertThat(SpringBootOrders.order(application, "a hare", "Alice")).isEqualTo("a hare for Alice");
        }
    }
}
