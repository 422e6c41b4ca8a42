package dev.leveret.amqp.net;

import dev.leveret.amqp.api.TcpOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Dials over TCP, from one event loop. */
public final class TcpDialer implements Dialer {

    /** The socket's own queue: beyond the high mark commands wait in the {@link CommandQueue}. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    private final Bootstrap bootstrap;
    private final ReusedBuffer writeBuffer;

    /** @throws IllegalArgumentException if this JDK or operating system has not all of the options */
    public TcpDialer(EventLoops loop, TcpOptions tcp) {
        boolean epoll = loop.onEpoll();
        writeBuffer = loop.loop().writeBuffer();
        bootstrap = new Bootstrap()
                .group(loop.loop())
                .channel(epoll ? EpollTransport.channelType() : NioSocketChannel.class)
                // Who dials has a deadline of his own.
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                // Nobody listens before a link is there.
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, tcp.noDelay())
                .option(ChannelOption.SO_KEEPALIVE, tcp.keepAlive())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        loop.loop().readBuffer().forReading())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // Its first handler is the link, if it wins.
                    }
                });
        keepAliveTimes(tcp)
                .forEach((name, value) -> bootstrap.option(
                        epoll ? EpollTransport.keepAlive(name) : NioChannelOption.of(supported(name)), value));
    }

    @Override
    public Transport connect(InetSocketAddress address, Listener listener) {
        ChannelFuture connecting = bootstrap.connect(address);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                listener.onConnected();
            } else {
                listener.onNotConnected(done.cause());
            }
        });
        return new TcpTransport(connecting.channel(), writeBuffer);
    }

    private record TcpTransport(Channel channel, ReusedBuffer writeBuffer) implements Transport {

        @Override
        public void close() {
            channel.close();
        }

        @Override
        public void carry(Link link, @Nullable TlsLayer tls, Runnable onSecured) {
            if (tls != null) {
                link.secureWith(tls, onSecured);
                channel.pipeline().addLast(tls.handler());
            }
            link.writeInto(writeBuffer);
            channel.pipeline().addLast(link);
            channel.config().setAutoRead(true);
        }
    }

    private static Map<String, Integer> keepAliveTimes(TcpOptions tcp) {
        Map<String, Integer> times = new LinkedHashMap<>();
        seconds(times, "TCP_KEEPIDLE", tcp.keepAliveIdle());
        seconds(times, "TCP_KEEPINTERVAL", tcp.keepAliveInterval());
        if (tcp.keepAliveProbes() > 0) {
            times.put("TCP_KEEPCOUNT", tcp.keepAliveProbes());
        }
        return times;
    }

    private static void seconds(Map<String, Integer> times, String name, Duration value) {
        if (!value.isZero()) {
            times.put(name, (int) value.toSeconds());
        }
    }

    /** By name, which does not need the module jdk.net to be there. */
    @SuppressWarnings("unchecked")
    private static SocketOption<Integer> supported(String name) {
        try (SocketChannel probe = SocketChannel.open()) {
            return (SocketOption<Integer>) probe.supportedOptions().stream()
                    .filter(it -> it.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the TCP option " + name + " is not supported by this JDK on this operating system"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
