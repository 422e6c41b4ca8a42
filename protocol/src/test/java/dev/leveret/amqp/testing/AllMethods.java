package dev.leveret.amqp.testing;

import dev.leveret.amqp.wire.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One example of every method of the protocol, in either direction. */
public final class AllMethods {

    private AllMethods() {}

    /** Numbers are 1, names {@code "x"}, bits clear, tables empty. */
    public static List<Method> examples() {
        return Arrays.stream(Method.class.getPermittedSubclasses())
                .flatMap(it -> Stream.of(it.getPermittedSubclasses()))
                .map(AllMethods::example)
                .sorted(Comparator.comparingInt(Method::id))
                .toList();
    }

    /** The method of this name, such as {@code "basic.qos-ok"}. */
    public static Method example(String name) {
        return examples().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no method is called " + name));
    }

    private static Method example(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(types).map(AllMethods::value).toArray();
        try {
            return (Method) type.getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot make a " + type, e);
        }
    }

    private static Object value(Class<?> type) {
        if (type == int.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        } else if (type == boolean.class) {
            return false;
        } else if (type == String.class) {
            return "x";
        } else if (type == byte[].class) {
            return new byte[] {1};
        } else if (type == Map.class) {
            return Map.of();
        }
        throw new AssertionError("no example of " + type);
    }
}
