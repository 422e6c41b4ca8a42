package dev.leveret.amqp.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a DNS SRV record says (RFC 2782).
 *
 * @param priority the lower is tried first
 * @param weight how much of the traffic a target is to get among those of its priority
 * @param port where the service is
 * @param target the host, without the dot at the end; empty for "there is no such service here"
 */
record SrvRecord(int priority, int weight, int port, String target) {

    /** @param text as in a zone file: {@code 10 60 5672 broker.example.} */
    static SrvRecord parse(String text) {
        String[] fields = text.trim().split("\\s+");
        if (fields.length != 4) {
            throw new IllegalArgumentException("'" + text + "' is no SRV record");
        }
        String target = fields[3].endsWith(".") ? fields[3].substring(0, fields[3].length() - 1) : fields[3];
        return new SrvRecord(
                Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), target);
    }

    /** The order in which to try the targets: by priority; within one, drawn by weight. */
    static List<SrvRecord> inOrder(List<SrvRecord> records, Random random) {
        Map<Integer, List<SrvRecord>> byPriority =
                records.stream().collect(Collectors.groupingBy(SrvRecord::priority, TreeMap::new, Collectors.toList()));
        List<SrvRecord> order = new ArrayList<>();
        for (List<SrvRecord> equals : byPriority.values()) {
            // Those without weight first, which gives them the small chance that they are to have.
            List<SrvRecord> left = new ArrayList<>(equals);
            left.sort(Comparator.comparing(it -> it.weight > 0));
            while (!left.isEmpty()) {
                order.add(left.remove(draw(left, random)));
            }
        }
        return order;
    }

    private static int draw(List<SrvRecord> records, Random random) {
        int sum = records.stream().mapToInt(SrvRecord::weight).sum();
        int drawn = random.nextInt(sum + 1);
        int index = 0;
        for (int running = records.get(0).weight; running < drawn; running += records.get(index).weight) {
            index++;
        }
        return index;
    }
}
