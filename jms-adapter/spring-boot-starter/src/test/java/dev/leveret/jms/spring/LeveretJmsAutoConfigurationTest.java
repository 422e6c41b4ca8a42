package dev.leveret.jms.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.jms.LeveretConnectionFactory;
import jakarta.jms.ConnectionFactory;
import java.net.URL;
import java.net.URLClassLoader;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.jms.JmsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.connection.SingleConnectionFactory;
import org.springframework.jms.core.JmsTemplate;

class LeveretJmsAutoConfigurationTest {

    private final ApplicationContextRunner boot = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LeveretJmsAutoConfiguration.class, JmsAutoConfiguration.class));

    @Test
    void anApplicationGetsAFactoryThatCachesAndATemplate() {
        boot.withPropertyValues("leveret.jms.uri=amqp://h:1/v", "spring.jms.cache.session-cache-size=7")
                .run(context -> {
                    CachingConnectionFactory caching = context.getBean(CachingConnectionFactory.class);
                    assertThat(caching.getSessionCacheSize()).isEqualTo(7);
                    assertThat(caching.getTargetConnectionFactory()).asString().contains("h:1", "v");
                    assertThat(context.getBean(JmsTemplate.class).getConnectionFactory())
                            .isSameAs(caching);
                });
    }

    @Test
    void cachingCanBeLeftOff() {
        boot.withPropertyValues("spring.jms.cache.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(ConnectionFactory.class)
                        .getBean(ConnectionFactory.class)
                        .isInstanceOf(LeveretConnectionFactory.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "leveret.jms.host=h; leveret.jms.port=1; leveret.jms.virtual-host=v | h:1",
                "leveret.jms.host=h; spring.rabbitmq.port=1 | h:5672",
                "spring.rabbitmq.host=h; spring.rabbitmq.port=1 | h:1",
                "spring.rabbitmq.addresses=a:1,amqp://b:2 | a:1",
                "spring.rabbitmq.addresses=a:1,b | b:5672",
                "spring.rabbitmq.host=h; spring.rabbitmq.ssl.enabled=true | h:5671",
                "spring.rabbitmq.virtual-host=orders | orders",
                "leveret.jms.virtual-host=mine; spring.rabbitmq.virtual-host=orders | mine",
            })
    void theBrokerIsNamedByOurPropertiesOrElseByThoseOfSpringAmqp(String properties, String expected) {
        boot.withPropertyValues(properties.split("; "))
                .run(context -> assertThat(target(context.getBean(ConnectionFactory.class)))
                        .asString()
                        .contains(expected));
    }

    private static Object target(ConnectionFactory factory) {
        return ((SingleConnectionFactory) factory).getTargetConnectionFactory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "leveret.jms.auto-declare=passive | jms.autoDeclare",
                "leveret.jms.autoDeclare=passive | jms.autoDeclare",
                "leveret.jms.queue-type=quorum | jms.queueType",
                "leveret.jms.heartbeat=5 | heartbeat",
                "leveret.jms.connection-timeout=5 | connection_timeout",
            })
    void everyOptionIsAPropertyInSpringsWayOfWriting(String property, String setting) {
        boot.withPropertyValues(property, "spring.jms.cache.enabled=false")
                .run(context -> assertThat(context.getBean(LeveretConnectionFactory.class)
                                .getReference()
                                .get(setting)
                                .getContent())
                        .isEqualTo(property.substring(property.indexOf('=') + 1)));
    }

    @Test
    void aMisspeltPropertyStopsTheApplicationAndNamesTheNearest() {
        boot.withPropertyValues("leveret.jms.prefech=5")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("did you mean 'jms.prefetch'?"));
    }

    @Test
    void noPasswordIsShown() {
        boot.withPropertyValues("leveret.jms.uri=amqp://u:s3cret@h:x")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("port")
                        .hasStackTraceContaining("jmsConnectionFactory")
                        .extracting(Throwables::getStackTrace)
                        .asString()
                        .doesNotContain("s3cret"));
    }

    @Test
    void anApplicationsOwnFactoryIsLeftAlone() {
        boot.withUserConfiguration(Own.class)
                .run(context -> assertThat(context)
                        .getBean(ConnectionFactory.class)
                        .isSameAs(context.getBean(Own.class).factory));
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {

        private final ConnectionFactory factory = new LeveretConnectionFactory("amqp://own");

        @Bean
        ConnectionFactory ownFactory() {
            return factory;
        }
    }

    @Test
    void anOlderNettyIsToldWithWhatToDo() throws Exception {
        try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
            assertThatThrownBy(() -> BrokerProperties.requireNetty(empty))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("netty.version");
        }
    }
}
