package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a connection was doing at one moment, to find out why nothing moves: {@link AsyncConnection#diagnostics()}. Made by the
 * client; components may be added. {@link #toString()} tells all of it over several lines, {@link #hints()} what is probably
 * wrong. No message's content and no secret is in it.
 *
 * @param connection its name
 * @param answered whether the event loop answered; if not, only {@link #waitingBytes} and {@link #eventLoop} say something
 * @param state such as {@code OPEN}
 * @param blocked why and for how long the broker has not read publishes ({@code connection.blocked})
 * @param sinceRead how long ago bytes came
 * @param sinceWritten how long ago bytes were given to the socket
 * @param heartbeat how often either side is to be heard of; zero for no heartbeats
 * @param waitingCommands how many calls wait to be written
 * @param waitingBytes about how many bytes of messages these are
 * @param writable whether the socket takes more bytes
 * @param reading whether this side reads; not while a consumer has no room for more, or has paused it
 * @param channels the channels that have not ended
 * @param frames the last frames, oldest first, if {@link ConnectionOptions#frameHistory()} asks for them
 * @param eventLoop the stack of the event loop's thread, if it did not answer
 */
public record ConnectionDiagnostics(
        String connection,
        boolean answered,
        String state,
        Optional<Blocked> blocked,
        Optional<Duration> sinceRead,
        Optional<Duration> sinceWritten,
        Duration heartbeat,
        int waitingCommands,
        long waitingBytes,
        boolean writable,
        boolean reading,
        List<ChannelDiagnostics> channels,
        List<String> frames,
        List<String> eventLoop) {

    /** From when on it is said that something takes long. */
    private static final Duration LONG = Duration.ofSeconds(5);

    /** RabbitMQ closes a channel whose delivery is not settled for half an hour, unless configured otherwise. */
    private static final Duration CONSUMER_TIMEOUT_IS_NEAR = Duration.ofMinutes(20);

    /**
     * That the broker does not read publishes.
     *
     * @param reason as the broker says
     * @param since for how long
     */
    public record Blocked(String reason, Duration since) {}

    /**
     * A request without an answer.
     *
     * @param method such as {@code queue.declare}
     * @param since for how long
     */
    public record WaitingRequest(String method, Duration since) {

        @Override
        public String toString() {
            return method + " (" + text(since) + ")";
        }
    }

    /**
     * One channel.
     *
     * @param number its number
     * @param state such as {@code OPEN}
     * @param requests what the broker has not answered, the oldest first
     * @param unconfirmed how many publishes wait for their confirm
     * @param oldestUnconfirmed for how long the oldest of them waits; within 100 ms or a tenth
     * @param unsettled how many deliveries are not settled
     * @param consumers its consumers
     * @param waitingDeliveries how many deliveries have come and wait for a handler
     * @param handling for how long handlers have been at what came together, when one runs
     */
    public record ChannelDiagnostics(
            int number,
            String state,
            List<WaitingRequest> requests,
            int unconfirmed,
            Optional<Duration> oldestUnconfirmed,
            int unsettled,
            List<ConsumerDiagnostics> consumers,
            int waitingDeliveries,
            Optional<Duration> handling) {}

    /**
     * One consumer.
     *
     * @param consumerTag its tag
     * @param queue its queue
     * @param prefetch how many unsettled deliveries it may have; 0 for no limit
     * @param unsettled how many it has
     * @param oldestUnsettled how long ago the oldest of them came; within 100 ms or a tenth
     * @param handling the tag of the delivery that its handler is at, if it has a handler and that runs
     */
    public record ConsumerDiagnostics(
            String consumerTag,
            String queue,
            int prefetch,
            int unsettled,
            Optional<Duration> oldestUnsettled,
            Optional<Long> handling) {

        /** Whether the broker sends nothing more before something is settled. */
        public boolean isPrefetchExhausted() {
            return prefetch > 0 && unsettled >= prefetch;
        }

        private String name() {
            return "consumer '" + consumerTag + "' of queue '" + queue + "'";
        }
    }

    /** What is probably wrong, in plain words; empty if nothing looks wrong on this side. */
    public List<String> hints() {
        List<String> hints = new ArrayList<>();
        if (!answered) {
            hints.add(
                    "the event loop does not answer: something blocks it, see its stack. Callbacks, listeners and what is"
                            + " chained to futures without ...Async run there and must not block");
        }
        blocked.ifPresent(it -> hints.add("the broker has blocked this connection for " + text(it.since) + ": "
                + it.reason + ". It reads no publishes until its alarm ends; then everything goes on by itself"));
        if (answered && state.equals("OPEN")) {
            if (!writable) {
                hints.add("the socket takes no more bytes: the broker does not read, or the network is slow; "
                        + waitingCommands + " calls (" + waitingBytes + " bytes) wait");
            }
            if (!reading) {
                hints.add(
                        "this side has stopped reading, all channels of this connection with it: a consumer has as many"
                                + " deliveries as its buffer holds, or has paused the reading");
            }
            sinceRead
                    .filter(it -> !heartbeat.isZero() && it.compareTo(heartbeat) > 0)
                    .ifPresent(it -> hints.add("nothing has come from the broker for " + text(it)
                            + ", which is more than a heartbeat: it or the network may be gone"));
        }
        channels.forEach(it -> addHints(it, hints));
        return hints;
    }

    private static void addHints(ChannelDiagnostics channel, List<String> hints) {
        String name = "channel " + channel.number;
        if (!channel.requests.isEmpty() && isLong(channel.requests.get(0).since)) {
            hints.add(name + ": the broker has not answered " + channel.requests.get(0));
        }
        channel.oldestUnconfirmed
                .filter(ConnectionDiagnostics::isLong)
                .ifPresent(it -> hints.add(name + ": " + channel.unconfirmed
                        + " publishes wait for the broker's confirm, the oldest for " + text(it)));
        for (ConsumerDiagnostics consumer : channel.consumers) {
            String oldest =
                    consumer.oldestUnsettled.map(ConnectionDiagnostics::text).orElse("?");
            if (consumer.isPrefetchExhausted()) {
                hints.add(name + ", " + consumer.name() + ": the prefetch is exhausted, " + consumer.unsettled + " of "
                        + consumer.prefetch + " unsettled, the oldest handed out " + oldest
                        + " ago. The broker sends no more before some are settled"
                        + (channel.handling.isPresent()
                                ? "; the handler has been busy for "
                                        + channel.handling
                                                .map(ConnectionDiagnostics::text)
                                                .orElse("")
                                : "; no handler is running: were they acknowledged?"));
            }
            if (consumer.oldestUnsettled
                    .filter(it -> it.compareTo(CONSUMER_TIMEOUT_IS_NEAR) >= 0)
                    .isPresent()) {
                hints.add(name + ", " + consumer.name() + ": a delivery has not been settled for " + oldest
                        + ". After the broker's consumer timeout, 30 minutes by default, RabbitMQ ends the consumer or its"
                        + " channel");
            }
        }
        boolean exhausted = channel.consumers.stream().anyMatch(ConsumerDiagnostics::isPrefetchExhausted);
        channel.handling
                .filter(it -> isLong(it) && !exhausted)
                .ifPresent(it -> hints.add(name
                        + ": its handlers have been busy for " + text(it) + ", and " + channel.waitingDeliveries
                        + " deliveries wait behind"));
    }

    private static boolean isLong(Duration duration) {
        return duration.compareTo(LONG) >= 0;
    }

    /** Everything, over several lines. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("connection '" + connection + "': ");
        if (!answered) {
            text.append("its event loop does not answer, ").append(waitingBytes).append(" bytes wait");
        } else {
            text.append(state)
                    .append(writable ? "" : ", not writable")
                    .append(reading ? "" : ", not reading")
                    .append(", ")
                    .append(waitingCommands)
                    .append(" calls (")
                    .append(waitingBytes)
                    .append(" bytes) wait, read ")
                    .append(ago(sinceRead))
                    .append(", written ")
                    .append(ago(sinceWritten))
                    .append(heartbeat.isZero() ? ", no heartbeats" : ", heartbeat " + text(heartbeat));
            blocked.ifPresent(it -> text.append(", blocked for ")
                    .append(text(it.since))
                    .append(": ")
                    .append(it.reason));
        }
        channels.forEach(it -> append(text, it));
        List<String> hints = hints();
        text.append(hints.isEmpty() ? "\n  nothing looks stuck on this side" : "");
        hints.forEach(it -> text.append("\n  ! ").append(it));
        eventLoop.forEach(it -> text.append("\n  at ").append(it));
        frames.forEach(it -> text.append("\n  frame ").append(it));
        return text.toString();
    }

    private static void append(StringBuilder text, ChannelDiagnostics channel) {
        text.append("\n  channel ").append(channel.number).append(": ").append(channel.state);
        if (!channel.requests.isEmpty()) {
            text.append(", unanswered ").append(channel.requests);
        }
        if (channel.unconfirmed > 0) {
            text.append(", ").append(channel.unconfirmed).append(" publishes unconfirmed");
            channel.oldestUnconfirmed.ifPresent(
                    it -> text.append(", the oldest for ").append(text(it)));
        }
        text.append(", ").append(channel.unsettled).append(" deliveries unsettled, ");
        text.append(channel.waitingDeliveries).append(" wait for a handler");
        channel.handling.ifPresent(it -> text.append(", handlers busy for ").append(text(it)));
        for (ConsumerDiagnostics consumer : channel.consumers) {
            text.append("\n    ").append(consumer.name()).append(": ").append(consumer.unsettled);
            text.append(consumer.prefetch == 0 ? "" : " of " + consumer.prefetch)
                    .append(" unsettled");
            consumer.oldestUnsettled.ifPresent(
                    it -> text.append(", the oldest came ").append(text(it)).append(" ago"));
            consumer.handling.ifPresent(
                    it -> text.append(", its handler is at delivery ").append(it));
        }
    }

    private static String ago(Optional<Duration> duration) {
        return duration.map(it -> text(it) + " ago").orElse("never");
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 10_000) {
            return millis < 1000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        return duration.toMinutes() < 10 ? duration.toSeconds() + " s" : duration.toMinutes() + " min";
    }
}
