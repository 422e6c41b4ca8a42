package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * An address to dial.
 *
 * @param endpoint whose address it is
 * @param address what the driver dials
 * @param text the address for people
 * @param family what interleaving goes by, such as 4 and 6
 */
public record Candidate<A>(Endpoint endpoint, A address, String text, int family) {

    /**
     * The order in which to dial the addresses of one lookup. The addresses of an endpoint stay together; among them
     * families take turns, beginning with the first one's (RFC 8305 section 4).
     *
     * @param shuffle mixes the addresses of each endpoint; {@code null} keeps them as they came
     */
    public static <A> List<Candidate<A>> inOrder(List<Candidate<A>> candidates, @Nullable Random shuffle) {
        Map<Endpoint, List<Candidate<A>>> byEndpoint = new LinkedHashMap<>();
        for (Candidate<A> each : candidates) {
            byEndpoint.computeIfAbsent(each.endpoint, it -> new ArrayList<>()).add(each);
        }
        List<Candidate<A>> ordered = new ArrayList<>();
        for (List<Candidate<A>> ofOne : byEndpoint.values()) {
            if (shuffle != null) {
                Collections.shuffle(ofOne, shuffle);
            }
            ordered.addAll(interleaved(ofOne));
        }
        return ordered;
    }

    private static <A> List<Candidate<A>> interleaved(List<Candidate<A>> candidates) {
        Map<Integer, Queue<Candidate<A>>> byFamily = new LinkedHashMap<>();
        for (Candidate<A> each : candidates) {
            byFamily.computeIfAbsent(each.family, it -> new ArrayDeque<>()).add(each);
        }
        List<Candidate<A>> turns = new ArrayList<>();
        while (turns.size() < candidates.size()) {
            for (Queue<Candidate<A>> family : byFamily.values()) {
                Candidate<A> next = family.poll();
                if (next != null) {
                    turns.add(next);
                }
            }
        }
        return turns;
    }
}
