package dev.leveret.amqp.machine;

import io.netty.buffer.ByteBuf;

/** Where a machine writes. What is written is sent when the machine's driver has done with the current input. */
public interface Outbound {

    /**
     * The buffer that takes the next frame; valid until the next call.
     *
     * @param bytes how many bytes it has room for at least
     */
    ByteBuf reserve(int bytes);

    /** Sends what is written and then closes the transport. Nothing may be written afterwards. */
    void close();
}
