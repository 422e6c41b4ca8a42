package dev.leveret.benchmarks.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger();

    @Test
    void whatIsConfirmedAndDeliveredIsInOrder() {
        publishConfirmed(0);
        publishConfirmed(70_000); // on another page
        ledger.delivered(0, false);
        ledger.delivered(70_000, true);

        Account account = ledger.close();
        assertThat(account.wrong()).isEmpty();
        assertThat(account.silence()).isEmpty();
        assertThat(account.ids()).isEqualTo(2);
        assertThat(account.confirmedIds()).isEqualTo(2);
        assertThat(account.deliveredIds()).isEqualTo(2);
        assertThat(account.duplicates()).isZero();
    }

    @Test
    void whatIsConfirmedAndNotDeliveredIsLost() {
        publishConfirmed(7);
        publishConfirmed(8);
        ledger.delivered(8, false);

        assertThat(ledger.allConfirmedWereDelivered()).isFalse();
        assertThat(ledger.close().wrong()).containsExactly("1 confirmed messages were not delivered, such as [7]");
    }

    @Test
    void whatIsUnknownOrRefusedMayBeDeliveredOrNot() {
        for (long id = 0; id < 4; id++) {
            ledger.publish(id);
            if (id < 2) {
                ledger.unknown(id);
            } else {
                ledger.negative(id);
            }
        }
        ledger.delivered(0, false);
        ledger.delivered(2, false);

        Account account = ledger.close();
        assertThat(account.wrong()).isEmpty();
        assertThat(account.silence()).isEmpty();
        assertThat(account.publishes()).isEqualTo(account.unknowns() + account.negatives());
    }

    @Test
    void aPublishWithoutVerdictIsSilence() {
        ledger.publish(1);
        ledger.publish(2);
        ledger.delivered(2, false);

        Account account = ledger.close();
        assertThat(account.wrong()).isEmpty();
        assertThat(account.silence())
                .containsExactly(
                        "2 publishes never got a verdict",
                        "1 of the messages about which nothing was said were delivered, such as [2]");
        assertThat(account.silentlyGone()).isEqualTo(1);
    }

    @Test
    void aSecondDeliveryHasToSayThatItIsOne() {
        publishConfirmed(1);
        ledger.delivered(1, false);
        ledger.delivered(1, true);
        publishConfirmed(2);
        ledger.delivered(2, false);
        ledger.delivered(2, false);

        Account account = ledger.close();
        assertThat(account.duplicates()).isEqualTo(2);
        assertThat(account.unexplained()).isEqualTo(1);
        assertThat(account.wrong())
                .containsExactly(
                        "1 messages were delivered more often than published, and did not say so, such as [2]");
    }

    @Test
    void aMessagePublishedAgainMayComeTwiceWithoutSayingSoAndNotThrice() {
        for (int i = 0; i < 2; i++) {
            ledger.publish(1);
            ledger.unknown(1);
            ledger.delivered(1, false);
        }
        assertThat(ledger.close().wrong()).isEmpty();
        assertThat(ledger.close().again()).isEqualTo(1);

        ledger.delivered(1, false);
        assertThat(ledger.close().wrong()).hasSize(1);
    }

    @Test
    void whatWasNeverPublishedIsNotToBeDelivered() {
        ledger.delivered(3, true);

        assertThat(ledger.close().wrong()).hasSize(1).first().asString().contains("never published");
    }

    @Test
    void aSecondVerdictIsWrong() {
        publishConfirmed(1);
        ledger.delivered(1, false);
        ledger.secondVerdict();

        assertThat(ledger.close().wrong()).containsExactly("1 publishes got a second verdict");
    }

    @Test
    void threadsDoNotDisturbEachOther() {
        int each = 100_000;
        List<CompletableFuture<Void>> threads = IntStream.range(0, 4)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (long id = 0; id < each; id++) {
                        publishConfirmed(id);
                        ledger.delivered(id, thread > 0);
                    }
                }))
                .toList();
        threads.forEach(CompletableFuture::join);

        Account account = ledger.close();
        assertThat(account.publishes()).isEqualTo(4L * each);
        assertThat(account.confirmedIds()).isEqualTo(each);
        assertThat(account.again()).isEqualTo(3L * each);
        assertThat(account.markedDeliveries()).isEqualTo(3L * each);
        assertThat(account.wrong()).isEmpty();
    }

    @Test
    void aNumberThatIsNoMessagesIsRefused() {
        assertThatThrownBy(() -> ledger.publish(-1)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> ledger.publish(1L << 40)).isInstanceOf(IllegalArgumentException.class);
    }

    private void publishConfirmed(long id) {
        ledger.publish(id);
        ledger.confirmed(id);
    }
}
