package dev.leveret.amqp.api;

import java.time.Duration;

/**
 * What client and broker agreed on in {@code connection.tune}.
 *
 * @param channelMax the highest channel number, 1..65535
 * @param frameMax the largest frame in bytes, header and end included; {@link Integer#MAX_VALUE} for no limit
 * @param heartbeat how often either side is to be heard of; zero for no heartbeats
 */
public record Negotiated(int channelMax, int frameMax, Duration heartbeat) {}
