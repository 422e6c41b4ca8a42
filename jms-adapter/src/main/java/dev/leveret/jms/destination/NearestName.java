package dev.leveret.jms.destination;

import java.util.Collection;
import java.util.Comparator;

/** What somebody may have meant who has misspelt a name. */
public final class NearestName {

    private NearestName() {}

    /** Such as {@code , did you mean 'this'?}; empty if none is near. */
    public static String hint(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String it) -> distance(it, name))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(it -> distance(it, name) <= 1 + it.length() / 3)
                .map(it -> ", did you mean '" + it + "'?")
                .orElse("");
    }

    /** How many characters have to be changed, added or taken away; case does not matter. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int substitution = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
