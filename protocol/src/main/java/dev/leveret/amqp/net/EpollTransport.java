package dev.leveret.amqp.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that needs Netty's classes for epoll, which are optional: not to be touched before they are known to be there. */
final class EpollTransport {

    private EpollTransport() {}

    /**
     * Makes what drives an event loop.
     *
     * @throws IllegalArgumentException if the native transport is not there or does not load
     */
    static IoHandlerFactory ioHandlers() {
        try {
            requireNative(Epoll.unavailabilityCause());
        } catch (NoClassDefFoundError e) {
            throw unavailable("Netty's classes for it are not there", e);
        }
        return EpollIoHandler.newFactory();
    }

    static void requireNative(@Nullable Throwable cause) {
        if (cause != null) {
            String reason = Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
            throw unavailable("its native library does not load (" + reason + ")", cause);
        }
    }

    private static IllegalArgumentException unavailable(String why, Throwable cause) {
        return new IllegalArgumentException(
                "transport EPOLL is not available: " + why + "; it needs Linux and"
                        + " io.netty:netty-transport-native-epoll in the version of the other parts of Netty, with the"
                        + " classifier of the platform, such as linux-x86_64",
                cause);
    }

    static Class<? extends SocketChannel> channelType() {
        return EpollSocketChannel.class;
    }

    /** The option of a {@code TCP_KEEP...} time or count. */
    static ChannelOption<Integer> keepAlive(String name) {
        return switch (name) {
            case "TCP_KEEPIDLE" -> EpollChannelOption.TCP_KEEPIDLE;
            case "TCP_KEEPINTERVAL" -> EpollChannelOption.TCP_KEEPINTVL;
            case "TCP_KEEPCOUNT" -> EpollChannelOption.TCP_KEEPCNT;
            default -> throw new IllegalStateException("no such option: " + name);
        };
    }
}
