package dev.leveret.examples.spring;

import dev.leveret.testkit.Brokers;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Takes orders and handles them when it has time.
 *
 * <pre>{@code
 * curl -H 'Content-Type: text/plain' -d '3 hares' localhost:8080/orders/1
 * curl localhost:8080/orders/1
 * curl localhost:8080/actuator/health
 * }</pre>
 */
@SpringBootApplication
public class OrdersApplication {

    /** Ends gracefully on SIGTERM. */
    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(OrdersApplication.class);
        if (System.getenv("LEVERET_URI") == null) {
            application.setDefaultProperties(
                    Map.of("leveret.uri", Brokers.any().uri().toString()));
        }
        application.run(args);
    }
}
