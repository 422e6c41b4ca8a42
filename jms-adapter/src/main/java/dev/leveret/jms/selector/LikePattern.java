package dev.leveret.jms.selector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The pattern of a {@code LIKE}, cut at its {@code %} into pieces of fixed length.
 *
 * <p>The first and the last piece have one place each; for those between the leftmost place is as good as any, so nothing is
 * ever tried again: the time is at most the value's length times that of the longest piece.
 */
final class LikePattern {

    /** Stands for any one code point; no code point itself. */
    private static final int ANY = -1;

    private final List<int[]> pieces;

    private LikePattern(List<int[]> pieces) {
        this.pieces = pieces;
    }

    /**
     * Reads a pattern.
     *
     * @param escape the code point that makes the next one ordinary; {@link #ANY} for none
     * @throws IllegalArgumentException if nothing follows the escape character
     */
    static LikePattern of(String pattern, int escape) {
        int[] source = pattern.codePoints().toArray();
        List<int[]> pieces = new ArrayList<>();
        int[] piece = new int[source.length];
        int length = 0;
        for (int i = 0; i < source.length; i++) {
            if (source[i] == escape) {
                i++;
                if (i == source.length) {
                    throw new IllegalArgumentException("nothing follows the escape character");
                }
                piece[length++] = source[i];
            } else if (source[i] == '%') {
                pieces.add(Arrays.copyOf(piece, length));
                length = 0;
            } else {
                piece[length++] = source[i] == '_' ? ANY : source[i];
            }
        }
        pieces.add(Arrays.copyOf(piece, length));
        return new LikePattern(pieces);
    }

    /** A pattern without escape character. */
    static LikePattern of(String pattern) {
        return of(pattern, ANY);
    }

    boolean matches(String value) {
        int[] text = value.codePoints().toArray();
        int[] first = pieces.get(0);
        if (pieces.size() == 1) {
            return text.length == first.length && isAt(0, first, text);
        }
        int[] last = pieces.get(pieces.size() - 1);
        int end = text.length - last.length;
        if (end < first.length || !isAt(0, first, text) || !isAt(end, last, text)) {
            return false;
        }
        int from = first.length;
        for (int[] piece : pieces.subList(1, pieces.size() - 1)) {
            int at = find(piece, text, from, end);
            if (at < 0) {
                return false;
            }
            from = at + piece.length;
        }
        return true;
    }

    private static int find(int[] piece, int[] text, int from, int end) {
        for (int at = from; at + piece.length <= end; at++) {
            if (isAt(at, piece, text)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isAt(int at, int[] piece, int[] text) {
        for (int i = 0; i < piece.length; i++) {
            if (piece[i] != ANY && piece[i] != text[at + i]) {
                return false;
            }
        }
        return true;
    }
}
