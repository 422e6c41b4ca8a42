package dev.leveret.amqp.wire;

import dev.leveret.amqp.testing.Fuzzing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fuzz target: any bytes as a field table. */
public final class TableFuzz {

    private TableFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Fuzzing.withinMemoryFor(data.length, () -> table(data));
    }

    private static void table(byte[] data) {
        ByteBuf in = Unpooled.wrappedBuffer(data);
        int end;
        try {
            end = TableCodec.skip(in, 0, data.length);
        } catch (MalformedFrameException e) {
            Fuzzing.requireRefusal(e, () -> TableCodec.read(in, 0, data.length));
            return;
        }
        Fuzzing.require(end >= 4 && end <= data.length, "ends outside of its bytes", end);
        Map<String, @Nullable Object> table = TableCodec.read(in, 0, data.length);
        byte[] written = written(table);
        Fuzzing.require(TableCodec.size(table) == written.length, "is not of its size", table);
        ByteBuf again = Unpooled.wrappedBuffer(written);
        // Not the values: NaN and arrays of bytes do not equal themselves. Their bytes do.
        byte[] writtenAgain = written(TableCodec.read(again, 0, written.length));
        Fuzzing.require(Arrays.equals(writtenAgain, written), "changes when it is written", table);
    }

    private static byte[] written(Map<String, @Nullable Object> table) {
        ByteBuf out = Unpooled.buffer();
        TableCodec.write(table, out);
        return ByteBufUtil.getBytes(out);
    }
}
