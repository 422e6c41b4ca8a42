package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ReplyCode;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every record against the specification's table, by shape and byte by byte. */
class MethodTableTest {

    private static final long SEED = 20_261_121;
    private static final int ROUNDS = 50;

    static List<SpecTable.Row> rows() {
        return SpecTable.rows();
    }

    static Stream<Class<?>> records() {
        return Arrays.stream(Method.class.getPermittedSubclasses())
                .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()));
    }

    @Test
    void everyMethodOfTheTableIsARecordAndEveryRecordIsInTheTable() {
        assertThat(records().map(type -> type.getDeclaringClass().getSimpleName() + "." + type.getSimpleName()))
                .containsExactlyInAnyOrderElementsOf(rows().stream()
                        .map(row -> row.className() + "." + row.recordName())
                        .toList());
        assertThat(rows()).hasSize(64);
        assertThat(rows().stream().map(SpecTable.Row::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void recordHasTheComponentsOfItsRow(SpecTable.Row row) throws Exception {
        Class<?> type = recordOf(row);
        RecordComponent[] components = type.getRecordComponents();
        assertThat(components)
                .extracting(RecordComponent::getName)
                .containsExactlyElementsOf(row.components().stream()
                        .map(SpecTable.Argument::componentName)
                        .toList());
        for (int i = 0; i < components.length; i++) {
            assertThat(typesFor(row.components().get(i).type())).contains(components[i].getType());
        }
        assertThat(type.getField("ID").getInt(null)).isEqualTo(row.id());
        assertThat(type.getDeclaringClass().getField("CLASS_ID").getInt(null)).isEqualTo(row.classId());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void recordKnowsItsIdNameAndWhetherContentFollows(SpecTable.Row row) throws Exception {
        Method method = construct(row, randomValues(row, new RandomValues(SEED)));
        assertThat(method.id()).isEqualTo(row.id());
        assertThat(method.name()).isEqualTo(row.name());
        assertThat(MethodNames.of(row.classId(), row.methodId())).isEqualTo(row.name());
        assertThat(method.hasContent()).isEqualTo(row.content());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void synchronousMethodsHaveTheirReplies(SpecTable.Row row) {
        Set<String> names =
                new HashSet<>(rows().stream().map(SpecTable.Row::name).toList());
        String prefix = row.name().substring(0, row.name().indexOf('.') + 1);
        assertThat(row.replies().stream().map(reply -> prefix + reply)).allMatch(names::contains);
        assertThat(row.sync()).isEqualTo(!row.replies().isEmpty());
        if (row.components().stream().anyMatch(argument -> argument.name().equals("no-wait"))) {
            assertThat(row.sync()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void recordAndTableEncodeTheSameBytesAndTheRecordReadsThemBack(SpecTable.Row row) throws Exception {
        RandomValues random = new RandomValues(SEED + row.id());
        for (int round = 0; round < ROUNDS; round++) {
            List<@Nullable Object> values = randomValues(row, random);
            byte[] expected = SpecEncoder.encode(row, values);
            Method method = construct(row, values);

            byte[] frame = Bytes.method(7, method);
            assertThat(ByteBufUtil.hexDump(frame))
                    .as("seed %d, round %d, %s", SEED, round, values)
                    .isEqualTo(ByteBufUtil.hexDump(Bytes.frame(FrameType.METHOD, 7, expected)));
            assertThat(read(expected))
                    .as("seed %d, round %d", SEED, round)
                    .isInstanceOf(method.getClass())
                    .usingRecursiveComparison()
                    .isEqualTo(method);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void methodIsReadOneByteAtATime(SpecTable.Row row) throws Exception {
        Method method = construct(row, randomValues(row, new RandomValues(SEED)));
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder);
        byte[] frame = Bytes.method(7, method);
        for (int i = 0; i < frame.length; i++) {
            assertThat(recorder.events).isEmpty();
            reader.read(Unpooled.wrappedBuffer(frame, i, 1));
        }
        assertThat(recorder.events)
                .singleElement()
                .usingRecursiveComparison()
                .isEqualTo(new Recorder.Called(7, method));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void argumentsThatEndEarlyOrLateAreASyntaxErrorOfThatMethod(SpecTable.Row row) throws Exception {
        byte[] payload = SpecEncoder.encode(row, randomValues(row, new RandomValues(SEED)));
        for (int length = 4; length < payload.length; length++) {
            assertSyntaxError(row, Arrays.copyOf(payload, length));
        }
        assertSyntaxError(row, Arrays.copyOf(payload, payload.length + 1));
        assertSyntaxError(row, Arrays.copyOf(payload, payload.length + 100));
    }

    private static void assertSyntaxError(SpecTable.Row row, byte[] payload) {
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder);
        assertThatThrownBy(() -> reader.read(Unpooled.wrappedBuffer(Bytes.frame(FrameType.METHOD, 1, payload))))
                .isInstanceOfSatisfying(MalformedFrameException.class, e -> {
                    assertThat(e.replyCode()).isEqualTo(ReplyCode.SYNTAX_ERROR);
                    assertThat(e.classId()).isEqualTo(row.classId());
                    assertThat(e.methodId()).isEqualTo(row.methodId());
                })
                .hasMessageStartingWith(row.name() + ": ");
        assertThat(recorder.events).isEmpty();
    }

    private static Method read(byte[] payload) {
        return MethodReader.read(new WireReader().wrap(Unpooled.wrappedBuffer(payload), payload.length));
    }

    private static Class<?> recordOf(SpecTable.Row row) throws ClassNotFoundException {
        return Class.forName("dev.leveret.amqp.wire." + row.className() + "$" + row.recordName());
    }

    private static Method construct(SpecTable.Row row, List<@Nullable Object> values) throws Exception {
        Constructor<?> constructor = recordOf(row).getDeclaredConstructors()[0];
        return (Method) constructor.newInstance(values.toArray());
    }

    private static List<Class<?>> typesFor(String type) {
        return switch (type) {
            case "octet", "short" -> List.of(int.class);
            case "long", "longlong" -> List.of(long.class);
            case "shortstr" -> List.of(String.class);
            case "longstr" -> List.of(String.class, byte[].class);
            case "bit" -> List.of(boolean.class);
            case "table" -> List.of(Map.class);
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static List<@Nullable Object> randomValues(SpecTable.Row row, RandomValues random) throws Exception {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < row.components().size(); i++) {
            Class<?> type = recordOf(row).getRecordComponents()[i].getType();
            values.add(randomValue(row.components().get(i).type(), type, random));
        }
        return values;
    }

    private static Object randomValue(String type, Class<?> javaType, RandomValues random) {
        return switch (type) {
            case "octet" -> (int) random.bits(8);
            case "short" -> (int) random.bits(16);
            case "long" -> random.bits(32);
            case "longlong" -> random.bits(64);
            case "bit" -> random.random().nextBoolean();
            case "shortstr" -> random.shortString();
            case "longstr" -> javaType == String.class ? random.text(1000) : random.bytes(300);
            case "table" -> random.table(3);
            default -> throw new IllegalArgumentException(type);
        };
    }
}
