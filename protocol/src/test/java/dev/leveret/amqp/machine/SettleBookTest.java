package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettleBookTest {

    private final SettleBook book = new SettleBook();

    private void delivered(long from, long to) {
        LongStream.rangeClosed(from, to).forEach(book::delivered);
    }

    private void acked(long from, long to) {
        LongStream.rangeClosed(from, to).forEach(tag -> book.ack(tag, false));
    }

    private List<String> flush() {
        List<String> frames = new ArrayList<>();
        book.flush((tag, multiple) -> frames.add(tag + (multiple ? " and all before" : "")));
        return frames;
    }

    @Test
    void whatWasNotDeliveredCannotBeAcknowledged() {
        assertThat(book.ack(1, false)).isFalse();
        assertThat(book.ack(100, true)).isFalse();
        assertThat(book.hasAcks()).isFalse();
        assertThat(flush()).isEmpty();
    }

    @Test
    void aSecondAcknowledgementIsNone() {
        delivered(1, 1);
        assertThat(book.ack(1, false)).isTrue();
        assertThat(book.ack(1, false)).isFalse();
        assertThat(flush()).containsExactly("1");
        assertThat(book.ack(1, false)).isFalse();
        assertThat(flush()).isEmpty();
    }

    @Test
    void oneAcknowledgementIsWrittenSingly() {
        delivered(1, 3);
        book.ack(1, false);
        assertThat(flush()).containsExactly("1");
    }

    @Test
    void aRunFromTheFirstUnsettledOneOnIsOneFrame() {
        delivered(1, 500);
        acked(1, 300);
        assertThat(flush()).containsExactly("300 and all before");
        acked(301, 500);
        assertThat(flush()).containsExactly("500 and all before");
    }

    @Test
    void whatLiesBeyondAnUnsettledOneIsWrittenSingly() {
        delivered(1, 6);
        book.ack(1, false);
        book.ack(2, false);
        book.ack(4, false);
        book.ack(6, false);
        assertThat(flush()).containsExactly("2 and all before", "4", "6");
        book.ack(3, false);
        assertThat(flush()).containsExactly("3");
        book.ack(5, false);
        assertThat(flush()).containsExactly("5");
        assertThat(book.outstanding()).isZero();
    }

    @Test
    void aHeldFirstDeliveryMakesTheOthersSingle() {
        delivered(1, 200);
        acked(2, 200);
        assertThat(flush())
                .isEqualTo(
                        LongStream.rangeClosed(2, 200).mapToObj(Long::toString).toList());
        book.ack(1, false);
        assertThat(flush()).containsExactly("1");
    }

    @Test
    void tagsThatNeverHadToBeSettledDoNotBreakARun() {
        for (long tag = 1; tag <= 300; tag += 3) {
            book.delivered(tag); // the ones between went to automatically acknowledging consumers
        }
        for (long tag = 1; tag <= 300; tag += 3) {
            book.ack(tag, false);
        }
        assertThat(flush()).containsExactly("298 and all before");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 62, 63, 64, 65, 127, 128, 1L << 40})
    void tagsAroundTheWordsOfABitmapAreNothingSpecial(long tag) {
        delivered(tag, tag + 2);
        assertThat(book.isOutstanding(tag)).isTrue();
        assertThat(book.isOutstanding(tag - 1)).isFalse();
        assertThat(book.isOutstanding(tag + 3)).isFalse();
        book.ack(tag + 1, true);
        assertThat(flush()).containsExactly((tag + 1) + " and all before");
        assertThat(book.isOutstanding(tag + 2)).isTrue();
        assertThat(book.remove(tag + 2, false)).isTrue();
        assertThat(book.outstanding()).isZero();
    }

    @Test
    void multipleTakesAllUpToATagThatNeedNotBeUnsettledItself() {
        delivered(1, 10);
        acked(7, 7);
        flush();
        assertThat(book.ack(7, true)).isTrue();
        assertThat(flush()).containsExactly("6 and all before");
        assertThat(book.outstanding()).isEqualTo(3);
    }

    @Test
    void whatIsSettledInAnotherWayIsOffTheBook() {
        delivered(1, 5);
        assertThat(book.remove(3, false)).isTrue();
        assertThat(book.remove(3, false)).isFalse();
        assertThat(book.ack(3, false)).isFalse();
        assertThat(book.remove(4, true)).isTrue();
        assertThat(book.outstanding()).isEqualTo(1);
        assertThat(book.remove(4, true)).isFalse();
    }

    @Test
    void clearForgetsEverything() {
        delivered(1, 100);
        acked(1, 50);
        book.clear();
        assertThat(book.hasAcks()).isFalse();
        assertThat(book.outstanding()).isZero();
        assertThat(flush()).isEmpty();
        assertThat(book.ack(60, false)).isFalse();
    }

    @Test
    void aHeldDeliveryAmongTenMillionPassingOnesCostsOneWord() {
        book.delivered(1);
        for (long tag = 2; tag <= 10_000_000; tag++) {
            book.delivered(tag);
            book.ack(tag, false);
            if (tag % 1_000 == 0) {
                book.flush((written, multiple) -> {
                    assertThat(multiple).isFalse();
                });
                assertThat(book.words()).isLessThanOrEqualTo(1);
            }
        }
        assertThat(book.outstanding()).isEqualTo(1);
        assertThat(book.isOutstanding(1)).isTrue();
        book.ack(1, false);
        assertThat(flush()).containsExactly("1");
        assertThat(book.words()).isZero();
    }
}
