package dev.leveret.amqp.machine;

import java.util.Iterator;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one channel that are not settled yet, by delivery tag, and the acknowledgements that wait to be sent.
 *
 * <p>Acknowledgements are gathered: at the end of a batch everything up to the first unsettled delivery goes out as one
 * {@code basic.ack} with {@code multiple}, what lies beyond it singly. Nothing is ever acknowledged that the user did not.
 *
 * <p>Two bits per tag, in words of 64 tags that exist while one of their tags is unsettled: one delivery that is held for
 * days costs one word, however many pass it by.
 */
final class SettleBook {

    /** Receives the frames to write. */
    interface AckWriter {
        void ack(long tag, boolean multiple);
    }

    /** The tags from {@code 64 * index} on. */
    private static final class Word {
        final long index;
        long outstanding;
        long acked;
        /** Whose the deliveries are; {@code null} while all are the first consumer's. */
        short @Nullable [] owners;

        Word(long index) {
            this.index = index;
        }

        long first() {
            return index << 6;
        }
    }

    private final TreeMap<Long, Word> words = new TreeMap<>();
    /** The word used last: deliveries and acknowledgements come in runs. */
    private @Nullable Word recent;

    private int ackedCount;

    /** A delivery that has to be settled. Tags of automatically acknowledged ones are not told. */
    void delivered(long tag) {
        Word word = find(tag);
        if (word == null) {
            word = new Word(tag >>> 6);
            words.put(word.index, word);
            recent = word;
        }
        word.outstanding |= 1L << tag;
    }

    /** The same for a delivery of another than the channel's first consumer (0): any small number that tells them apart. */
    void delivered(long tag, int owner) {
        delivered(tag);
        Word word = find(tag);
        if (word != null && (owner != 0 || word.owners != null)) {
            if (word.owners == null) {
                word.owners = new short[64];
            }
            word.owners[(int) tag & 63] = (short) owner;
        }
    }

    boolean isOutstanding(long tag) {
        Word word = find(tag);
        return word != null && (word.outstanding & 1L << tag) != 0;
    }

    /**
     * Notes an acknowledgement, to be written by {@link #flush}.
     *
     * @param multiple whether of all unsettled deliveries up to this one
     * @return whether there was anything to acknowledge
     */
    boolean ack(long tag, boolean multiple) {
        int before = ackedCount;
        if (multiple) {
            for (Word word : words.headMap(tag >>> 6, true).values()) {
                ack(word, upTo(word, tag));
            }
        } else {
            Word word = find(tag);
            if (word != null) {
                ack(word, 1L << tag);
            }
        }
        return ackedCount > before;
    }

    /**
     * Takes deliveries off the book that are settled in another way. Noted acknowledgements must have been flushed.
     *
     * @param multiple whether all unsettled deliveries up to this one
     * @return whether there were any
     */
    boolean remove(long tag, boolean multiple) {
        boolean any = false;
        Iterator<Word> affected = multiple
                ? words.headMap(tag >>> 6, true).values().iterator()
                : words.subMap(tag >>> 6, true, tag >>> 6, true).values().iterator();
        while (affected.hasNext()) {
            Word word = affected.next();
            long bits = multiple ? upTo(word, tag) : 1L << tag;
            any |= (word.outstanding & bits) != 0;
            settle(word, bits, affected);
        }
        return any;
    }

    /** Forgets everything: the broker has taken it all back. */
    void clear() {
        words.clear();
        recent = null;
        ackedCount = 0;
    }

    boolean hasAcks() {
        return ackedCount > 0;
    }

    /** How many acknowledgements wait to be written. */
    int acks() {
        return ackedCount;
    }

    /** How many deliveries are unsettled, as far as the broker knows. */
    int outstanding() {
        int count = 0;
        for (Word word : words.values()) {
            count += Long.bitCount(word.outstanding);
        }
        return count;
    }

    /** The unsettled deliveries of one owner, as far as the broker knows, oldest first. */
    LongStream outstandingOf(int owner) {
        return words.values().stream()
                .flatMapToLong(word -> LongStream.range(word.first(), word.first() + 64)
                        .filter(tag -> (word.outstanding & 1L << tag) != 0
                                && (word.owners == null ? 0 : word.owners[(int) tag & 63]) == (short) owner));
    }

    /** How many words there are. */
    int words() {
        return words.size();
    }

    /** Writes the noted acknowledgements with as few frames as they allow. */
    void flush(AckWriter writer) {
        long top = 0;
        int together = 0;
        boolean contiguous = true;
        for (Iterator<Word> each = words.values().iterator(); ackedCount > 0 && each.hasNext(); ) {
            Word word = each.next();
            long acks = word.acked;
            long prefix = contiguous ? acks & belowFirstUnacked(word) : 0;
            if (prefix != 0) {
                top = word.first() + 63 - Long.numberOfLeadingZeros(prefix);
                together += Long.bitCount(prefix);
            }
            if (contiguous && (word.outstanding & ~acks) != 0) {
                contiguous = false;
                writeRun(top, together, writer);
            }
            writeSingles(word, acks & ~prefix, writer);
            ackedCount -= Long.bitCount(acks);
            settle(word, acks, each);
        }
        if (contiguous) {
            writeRun(top, together, writer);
        }
    }

    /** The bits below the first delivery that the user has not acknowledged; all bits where there is none. */
    private static long belowFirstUnacked(Word word) {
        long unacked = word.outstanding & ~word.acked;
        return (unacked & -unacked) - 1;
    }

    private static void writeRun(long top, int together, AckWriter writer) {
        if (together > 0) {
            writer.ack(top, together > 1);
        }
    }

    private static void writeSingles(Word word, long bits, AckWriter writer) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            writer.ack(word.first() + Long.numberOfTrailingZeros(rest), false);
        }
    }

    private void ack(Word word, long bits) {
        long fresh = word.outstanding & bits & ~word.acked;
        word.acked |= fresh;
        ackedCount += Long.bitCount(fresh);
    }

    private void settle(Word word, long bits, Iterator<Word> position) {
        word.outstanding &= ~bits;
        word.acked &= ~bits;
        if (word.outstanding == 0) {
            position.remove();
            if (recent == word) {
                recent = null;
            }
        }
    }

    private @Nullable Word find(long tag) {
        Word last = recent;
        if (last == null || last.index != tag >>> 6) {
            last = words.get(tag >>> 6);
            if (last != null) {
                recent = last;
            }
        }
        return last;
    }

    /** The bits of a word whose tags are not above {@code tag}. */
    private static long upTo(Word word, long tag) {
        long bits = tag - word.first();
        return bits >= 63 ? -1L : (1L << bits + 1) - 1;
    }
}
