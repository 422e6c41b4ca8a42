package dev.leveret.jms.spring;

import dev.leveret.jms.LeveretConnectionFactory;
import jakarta.jms.ConnectionFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jms.connection.CachingConnectionFactory;

/**
 * A {@link ConnectionFactory} of the properties {@code leveret.jms.*}, for applications that have none of their own. Everything
 * else of Jakarta Messaging, such as the {@code JmsTemplate} and {@code @JmsListener}, Spring Boot makes of it, with its own
 * properties {@code spring.jms.*}.
 *
 * <p>What {@code leveret.jms.*} may be is described at {@link LeveretConnectionFactory#setProperty}; what is not known stops the
 * application from starting. Where they name no broker, {@code spring.rabbitmq.*} is asked for one: see {@link BrokerProperties}.
 *
 * <p>The factory is wrapped in a {@link CachingConnectionFactory} unless {@code spring.jms.cache.enabled=false}. Boot's listener
 * containers take what is wrapped, and keep their own connections.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.autoconfigure.jms.JmsAutoConfiguration",
            "org.springframework.boot.jms.autoconfigure.JmsAutoConfiguration"
        },
        afterName = {
            "org.springframework.boot.autoconfigure.jms.JndiConnectionFactoryAutoConfiguration",
            "org.springframework.boot.jms.autoconfigure.JndiConnectionFactoryAutoConfiguration"
        })
@ConditionalOnClass(ConnectionFactory.class)
@ConditionalOnMissingBean(ConnectionFactory.class)
public class LeveretJmsAutoConfiguration {

    /** For Spring. */
    public LeveretJmsAutoConfiguration() {}

    /** Sessions and producers are cached. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(CachingConnectionFactory.class)
    @ConditionalOnProperty(prefix = "spring.jms.cache", name = "enabled", matchIfMissing = true)
    static class Cached {

        @Bean
        CachingConnectionFactory jmsConnectionFactory(Environment environment) {
            CachingConnectionFactory caching = new CachingConnectionFactory(BrokerProperties.factory(environment));
            caching.setCacheConsumers(flag(environment, "consumers", false));
            caching.setCacheProducers(flag(environment, "producers", true));
            caching.setSessionCacheSize(
                    environment.getProperty("spring.jms.cache.session-cache-size", Integer.class, 1));
            return caching;
        }

        private static boolean flag(Environment environment, String name, boolean otherwise) {
            return environment.getProperty("spring.jms.cache." + name, Boolean.class, otherwise);
        }
    }

    /** Each connection and session is made anew. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(prefix = "spring.jms.cache", name = "enabled", havingValue = "false")
    static class Plain {

        @Bean
        LeveretConnectionFactory jmsConnectionFactory(Environment environment) {
            return BrokerProperties.factory(environment);
        }
    }
}
