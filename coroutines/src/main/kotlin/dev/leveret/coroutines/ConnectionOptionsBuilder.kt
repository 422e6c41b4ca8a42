package dev.leveret.coroutines

import dev.leveret.amqp.api.AddressOrder
import dev.leveret.amqp.api.AddressResolver
import dev.leveret.amqp.api.BlockedPolicy
import dev.leveret.amqp.api.ConnectionOptions
import dev.leveret.amqp.api.CredentialsProvider
import dev.leveret.amqp.api.Endpoint
import dev.leveret.amqp.api.Observer
import dev.leveret.amqp.api.RecoveryOptions
import dev.leveret.amqp.api.TcpOptions
import dev.leveret.amqp.api.TlsOptions
import dev.leveret.amqp.api.Transport
import kotlin.jvm.optionals.getOrNull
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * How to connect and what to hold the connection to: the receiver of [connectAmqp]'s lambda. Each option begins with
 * the value of the URI, or else with the default of [ConnectionOptions].
 */
@AmqpDsl
public class ConnectionOptionsBuilder internal constructor(private val start: ConnectionOptions) {
    /** The brokers to try, in this order. */
    public var endpoints: List<Endpoint> = start.endpoints()

    /** The name space of queues and exchanges on the broker. */
    public var virtualHost: String = start.virtualHost()

    /** How the connection proves who it is, or who is asked for that at each connect. */
    public var credentials: CredentialsProvider = start.credentials()

    /** How to speak TLS; `null` for plain TCP. */
    public var tls: TlsOptions? = start.tls().orElse(null)

    /** How long a provider of [credentials] may take. */
    public var credentialsTimeout: Duration = start.credentialsTimeout().toKotlinDuration()

    /** The name for broker and log; empty: one is made up. */
    public var connectionName: String = start.connectionName()

    /** The longest silence either side may keep is twice this; whole seconds, zero for no heartbeats. */
    public var heartbeat: Duration = start.heartbeat().toKotlinDuration()

    /** Makes the heartbeat from the broker's proposal, in place of [heartbeat]; null for nothing of the kind. */
    public var heartbeatFrom: ((Duration) -> Duration)? = null

    /** The language in which the broker is asked to write its error texts. */
    public var locale: String = start.locale()

    /** The highest number of channels to ask for, up to 65535; 0 leaves it to the broker. */
    public var channelMax: Int = start.channelMax()

    /** The largest frame to ask for, in bytes, from [ConnectionOptions.MIN_FRAME_MAX]; 0 leaves it to the broker. */
    public var frameMax: Int = start.frameMax()

    /** Who is asked for the addresses of an endpoint, at each connect. */
    public var addressResolver: AddressResolver = start.addressResolver()

    /** The order in which endpoints and their addresses are tried. */
    public var addressOrder: AddressOrder = start.addressOrder()

    /** Options of the TCP connection. */
    public var tcp: TcpOptions = start.tcp()

    /** What moves the bytes; whether it is available shows when connecting. */
    public var transport: Transport = start.transport()

    /** How long the lookup of one endpoint's addresses may take. */
    public var dnsTimeout: Duration = start.dnsTimeout().toKotlinDuration()

    /** How long one TCP connection attempt may take. */
    public var connectTimeout: Duration = start.connectTimeout().toKotlinDuration()

    /** How long a TCP connection attempt is alone, before the next address is tried beside it. */
    public var connectionAttemptDelay: Duration = start.connectionAttemptDelay().toKotlinDuration()

    /** How long opening the connection may take altogether. */
    public var connectDeadline: Duration = start.connectDeadline().toKotlinDuration()

    /** How often all endpoints are gone over until opening the connection fails. */
    public var connectAttempts: Int = start.connectAttempts()

    /** The pause before all endpoints are gone over again. */
    public var retryDelay: Duration = start.retryDelay().toKotlinDuration()

    /** How long the AMQP handshake on one TCP connection may take. */
    public var handshakeTimeout: Duration = start.handshakeTimeout().toKotlinDuration()

    /** How long a request waits for the broker's answer. */
    public var requestTimeout: Duration = start.requestTimeout().toKotlinDuration()

    /**
     * How long a message that was published waits for the broker's confirm; then its outcome is unknown, at most a tenth
     * later. Zero: for as long as there is a channel.
     */
    public var confirmTimeout: Duration = start.confirmTimeout().toKotlinDuration()

    /** How long closing a channel or the connection waits for the broker's answer. */
    public var closeTimeout: Duration = start.closeTimeout().toKotlinDuration()

    /** The largest body accepted from the broker, in bytes. */
    public var maxInboundBody: Int = start.maxInboundBody()

    /** How many bytes of messages may wait to be written before senders are told to wait. */
    public var outboundBuffer: Int = start.outboundBuffer()

    /** What publishing does while the broker has blocked the connection. */
    public var whenBlocked: BlockedPolicy = start.whenBlocked()

    /** After how long the connection is given up if the broker has blocked it; `null`: never. */
    public var blockedConnectionTimeout: Duration? = start.blockedConnectionTimeout().getOrNull()?.toKotlinDuration()

    /**
     * Whether channels for publishing are opened on a second TCP connection: see [AmqpConnection.openChannel]. Then
     * consumers are not stopped when the broker blocks publishers, nor publishers when a collector cannot keep up.
     */
    public var separatePublishing: Boolean = start.separatePublishing()

    /**
     * What happens when the connection is lost: by default it is recovered, with its channels, what was declared through it,
     * and its consumers, whose flows go on.
     *
     * ```kotlin
     * recovery = RecoveryOptions.standard().withGivingUpAfter(5.minutes.toJavaDuration())
     * ```
     */
    public var recovery: RecoveryOptions = start.recovery()

    /** How many of the last frames are remembered for [AmqpConnection.diagnostics], 0..10000. */
    public var frameHistory: Int = start.frameHistory()

    private val observers = ArrayList<Observer>()

    /**
     * Adds somebody who is told what the connection does; may be called several times.
     *
     * ```kotlin
     * connectAmqp("amqp://localhost") {
     *     observer(metrics)
     * }
     * ```
     */
    public fun observer(observer: Observer) {
        observers += observer
    }

    private val clientProperties = LinkedHashMap<String, Any?>()

    /**
     * Tells the broker something beyond what the client tells it of itself.
     *
     * ```kotlin
     * connectAmqp("amqp://localhost") {
     *     clientProperty("team", "billing") // to be seen in the management UI
     * }
     * ```
     */
    public fun clientProperty(name: String, value: Any?) {
        clientProperties[name] = value
    }

    internal fun build(): ConnectionOptions {
        val options =
            start
                .toBuilder()
                .endpoints(endpoints)
                .virtualHost(virtualHost)
                .credentials(credentials)
                .tls(tls)
                .connectionName(connectionName)
                .heartbeat(finite("heartbeat", heartbeat))
                .locale(locale)
                .channelMax(channelMax)
                .frameMax(frameMax)
                .credentialsTimeout(finite("credentialsTimeout", credentialsTimeout))
                .addressResolver(addressResolver)
                .addressOrder(addressOrder)
                .tcp(tcp)
                .transport(transport)
                .dnsTimeout(finite("dnsTimeout", dnsTimeout))
                .connectTimeout(finite("connectTimeout", connectTimeout))
                .connectionAttemptDelay(finite("connectionAttemptDelay", connectionAttemptDelay))
                .connectDeadline(finite("connectDeadline", connectDeadline))
                .connectAttempts(connectAttempts)
                .retryDelay(finite("retryDelay", retryDelay))
                .handshakeTimeout(finite("handshakeTimeout", handshakeTimeout))
                .requestTimeout(finite("requestTimeout", requestTimeout))
                .confirmTimeout(finite("confirmTimeout", confirmTimeout))
                .closeTimeout(finite("closeTimeout", closeTimeout))
                .maxInboundBody(maxInboundBody)
                .outboundBuffer(outboundBuffer)
                .whenBlocked(whenBlocked)
                .blockedConnectionTimeout(blockedConnectionTimeout?.let { finite("blockedConnectionTimeout", it) })
                .separatePublishing(separatePublishing)
                .recovery(recovery)
                .frameHistory(frameHistory)
        heartbeatFrom?.let { choose ->
            options.heartbeatFrom { offered -> finite("heartbeat", choose(offered.toKotlinDuration())) }
        }
        observers.forEach { options.observer(it) }
        clientProperties.forEach { (name, value) -> options.clientProperty(name, value) }
        return options.build()
    }

    /** Java has no infinite duration: it would become a number of seconds that overflows in the first sum. */
    private fun finite(option: String, value: Duration): JavaDuration {
        require(value.isFinite()) { "$option is infinite" }
        return value.toJavaDuration()
    }
}
