package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The blocking faces are the asynchronous ones, waited for: same names, same parameters, {@code T} for a future of it. */
class FaceParityTest {

    /** What one face has alone, and why. */
    private static final Map<String, String> ASYNC_ONLY = Map.of(
            "blocking()", "leads to the other face",
            "closed()", "to wait for the end is what futures are for",
            "room()", "who waits is made to wait where there is none",
            "publish(OutboundMessage, PublishCallback)", "a callback never blocks",
            "consumeOnEventLoop(ConsumeOptions, DeliverySink)", "for those who hand deliveries over themselves");

    private static final Map<String, String> BLOCKING_ONLY = Map.of("async()", "leads to the other face");

    @Test
    void channelsHaveTheSameOperations() {
        assertSame(AsyncChannel.class, Channel.class);
    }

    @Test
    void connectionsHaveTheSameOperations() {
        assertSame(AsyncConnection.class, Connection.class);
    }

    private static void assertSame(Class<?> async, Class<?> blocking) {
        Map<String, String> expected = operations(async);
        expected.keySet().removeAll(ASYNC_ONLY.keySet());
        expected.replaceAll((signature, type) -> counterpart(type));
        Map<String, String> actual = operations(blocking);
        actual.keySet().removeAll(BLOCKING_ONLY.keySet());
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void theExceptionsExist() {
        List<String> async = Arrays.asList(AsyncChannel.class, AsyncConnection.class).stream()
                .flatMap(it -> operations(it).keySet().stream())
                .toList();
        assertThat(async).containsAll(ASYNC_ONLY.keySet());
    }

    /** {@code "name(Parameter, ...)"} to its result. */
    private static Map<String, String> operations(Class<?> face) {
        Map<String, String> operations = new TreeMap<>();
        for (Method method : face.getDeclaredMethods()) {
            if (!Modifier.isStatic(method.getModifiers())) {
                String parameters = String.join(
                        ", ",
                        Arrays.stream(method.getGenericParameterTypes())
                                .map(FaceParityTest::simple)
                                .toList());
                operations.put(method.getName() + "(" + parameters + ")", result(method));
            }
        }
        return operations;
    }

    private static String result(Method method) {
        Type type = method.getGenericReturnType();
        if (type instanceof ParameterizedType generic && generic.getRawType() == CompletableFuture.class) {
            return "future of " + simple(generic.getActualTypeArguments()[0]);
        }
        return simple(type);
    }

    /** What the blocking face returns where the asynchronous one returns this. */
    private static String counterpart(String type) {
        if (!type.startsWith("future of ")) {
            return type.equals("AsyncPublishWindow") ? "PublishWindow" : type;
        }
        return switch (type.substring("future of ".length())) {
            case "Void" -> "void";
            case "Long" -> "long";
            case "AsyncChannel" -> "Channel";
            default -> type.substring("future of ".length());
        };
    }

    private static String simple(Type type) {
        return type.getTypeName().replaceAll("[a-z.]+\\.(?=[A-Z])", "");
    }
}
