package dev.leveret.testkit.local;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a node knows of its cluster.
 *
 * @param members Erlang names of all members; empty for a node that is alone
 * @param cookie the secret that members show each other
 */
record ClusterMembership(List<String> members, String cookie) {

    static ClusterMembership none() {
        return of(List.of());
    }

    static ClusterMembership of(List<String> members) {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        return new ClusterMembership(List.copyOf(members), HexFormat.of().formatHex(secret));
    }

    boolean exists() {
        return !members.isEmpty();
    }

    List<String> configLines() {
        if (!exists()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of(
                "cluster_formation.peer_discovery_backend = classic_config",
                // Members are started all at once; by default a first one would wait for the others for minutes.
                "cluster_formation.discovery_retry_limit = 10",
                "cluster_formation.discovery_retry_interval = 300"));
        for (String member : members) {
            lines.add("cluster_formation.classic_config.nodes." + (lines.size() - 2) + " = " + member);
        }
        return lines;
    }

    /** Without the cookie. */
    @Override
    public String toString() {
        return "Cluster of " + members;
    }
}
