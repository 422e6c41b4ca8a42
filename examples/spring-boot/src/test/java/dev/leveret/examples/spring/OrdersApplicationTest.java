package dev.leveret.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Connection;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The application is started, used over HTTP, and stopped. */
class OrdersApplicationTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String queue = "leveret.test.orders." + UUID.randomUUID();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ConfigurableApplicationContext application;
    private int port;

    @AfterEach
    void stop() {
        application.close();
    }

    @EveryBroker
    void whatIsPostedIsHandledAndALostBrokerShowsInTheHealthCheck(Broker broker) throws Exception {
        try (FaultProxy proxy = FaultProxy.to(broker)) {
            start(proxy.uri(broker.uri()), new Orders());
            assertThat(get("/actuator/health").body()).contains("\"leveret\":{\"status\":\"UP\"");
            for (int i = 1; i <= 20; i++) {
                assertThat(post("/orders/" + i, i + " hares").statusCode()).isEqualTo(202);
            }
            for (int i = 1; i <= 20; i++) {
                awaitHandled(i, i + " hares");
            }
            assertThat(get("/orders/21").statusCode()).isEqualTo(404);

            proxy.refuse();
            proxy.cut(Cut.RST);
            await(() -> get("/actuator/health").statusCode() == 503);
            assertThat(get("/actuator/health").body()).contains("\"connection\":\"not open\"");
            proxy.heal();
            await(() -> get("/actuator/health").statusCode() == 200);
            assertThat(post("/orders/21", "a leveret").statusCode()).isEqualTo(202);
            awaitHandled(21, "a leveret");
            application.close(); // while it has a broker
        }
        delete(broker);
    }

    @EveryBroker
    void aStopFinishesWhatIsInHandAndLeavesTheRestInTheQueue(Broker broker) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<String> handled = new CopyOnWriteArrayList<>();
        start(broker.uri(), new Orders() {
            @Override
            void handle(String number, String text) {
                begun.countDown();
                try {
                    mayEnd.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                handled.add(number);
            }
        });
        for (int i = 1; i <= 3; i++) {
            post("/orders/" + i, "a hare");
        }
        begun.await();
        OrderConsumer consumer = application.getBean(OrderConsumer.class);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(application::close);
        await(() -> !consumer.isConsuming());
        assertThat(isServing()).isFalse();
        assertThat(stopping).isNotDone();
        mayEnd.countDown();
        stopping.get(30, TimeUnit.SECONDS);
        assertThat(handled).containsExactly("1");
        assertThatThrownBy(() -> get("/actuator/health")).isInstanceOf(IOException.class);
        assertThat(delete(broker)).isEqualTo(2);
    }

    private void start(URI uri, Orders orders) {
        application = new SpringApplicationBuilder(OrdersApplication.class)
                // In place of the bean of that name.
                .initializers(context ->
                        context.addBeanFactoryPostProcessor(beans -> beans.registerSingleton("orders", orders)))
                .run(
                        "--server.port=0",
                        "--leveret.uri=" + uri,
                        "--leveret.queue=" + queue,
                        "--logging.level.root=warn",
                        "--spring.main.banner-mode=off",
                        "--spring.main.register-shutdown-hook=false");
        port = ((ServletWebServerApplicationContext) application).getWebServer().getPort();
    }

    private boolean isServing() throws InterruptedException {
        try {
            return get("/actuator/health").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private void awaitHandled(int number, String text) throws Exception {
        await(() -> get("/orders/" + number).body().equals(text));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("not within %s", LIMIT).isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(LIMIT);
    }

    /** How many messages the queue had. */
    private long delete(Broker broker) {
        try (Connection connection = Amqp.connect(broker.uri().toString())) {
            return connection.openChannel().deleteQueue(queue, false, false);
        }
    }
}
