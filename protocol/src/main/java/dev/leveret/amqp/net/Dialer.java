package dev.leveret.amqp.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Looks host names up and makes TCP connections, with TLS or without. */
public final class Dialer {

    private static final int READ_SIZE = 64 * 1024;
    /** The socket's own queue: beyond the high mark commands wait in the {@link CommandQueue}. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    private Dialer() {}

    /**
     * Looks up all addresses of a host. On a thread of its own: the system's resolver blocks, and an event loop is shared.
     * Fails with {@link UnknownHostException}.
     */
    public static CompletableFuture<List<InetAddress>> resolve(String host) {
        CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
        Thread lookUp = new Thread(
                () -> {
                    try {
                        addresses.complete(List.of(InetAddress.getAllByName(host)));
                    } catch (UnknownHostException e) {
                        addresses.completeExceptionally(
                                new UnknownHostException("the host name '" + host + "' is not known"));
                    } catch (RuntimeException e) {
                        addresses.completeExceptionally(new CompletionException(e));
                    }
                },
                "leveret-dns");
        lookUp.setDaemon(true);
        lookUp.start();
        return addresses;
    }

    /** Is told how a connection attempt ends. Called on the event loop. */
    public interface Listener {

        /** The connection is there, with TLS if that was asked for; the link will be told too. */
        void onConnected();

        /** There will be no TCP connection. Why there is no TLS is told the link's owner. */
        void onNotConnected(Throwable cause);
    }

    /**
     * Connects to an address; what then happens on the connection is the link's.
     *
     * @param tls to be put between the two; {@code null} for plain TCP
     */
    public static void connect(
            EventLoops loop,
            InetSocketAddress address,
            Duration timeout,
            @Nullable TlsLayer tls,
            Link link,
            Listener listener) {
        if (tls != null) {
            link.secureWith(tls, listener::onConnected);
        }
        new Bootstrap()
                .group(loop.loop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_SIZE))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.handler());
                        }
                        channel.pipeline().addLast(link);
                    }
                })
                .connect(address)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        listener.onNotConnected(done.cause());
                    } else if (tls == null) {
                        listener.onConnected();
                    }
                });
    }
}
