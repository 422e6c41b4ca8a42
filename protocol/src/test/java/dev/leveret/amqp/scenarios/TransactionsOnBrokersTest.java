package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.Overflow;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions on brokers. */
class TransactionsOnBrokersTest {

    @EveryBroker
    void whatIsSentAndSettledHappensWithTheCommit(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker);
                BrokerClient watcher = BrokerClient.of(broker)) {
            String in = unique("in");
            String out = unique("out");
            client.channel.declareQueue(QueueSpec.of(in));
            client.channel.declareQueue(QueueSpec.of(out));
            client.publish(in, "1");
            var worker = client.connection.openChannel();
            worker.txSelect();
            Delivery delivery = worker.get(in, false).orElseThrow().delivery();
            worker.send(message(out, "done " + text(delivery)));
            delivery.ack();
            assertThat(watcher.channel.declareQueuePassive(out).messageCount()).isZero();
            worker.txCommit();
            worker.close();
            assertThat(watcher.drain(out)).containsExactly("done 1");
            assertThat(watcher.drain(in)).isEmpty();
            client.channel.deleteQueue(in);
            client.channel.deleteQueue(out);
        }
    }

    @EveryBroker
    void aRollbackDropsWhatWasSentAndRecoveringBringsBackWhatWasSettled(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            String out = client.queue();
            client.publish(queue, "1");
            var worker = client.connection.openChannel();
            worker.txSelect();
            Delivery delivery = worker.get(queue, false).orElseThrow().delivery();
            worker.send(message(out, "never"));
            delivery.ack();
            worker.txRollback();
            worker.recover();
            worker.txCommit();
            assertThat(client.drain(queue)).containsExactly("1");
            assertThat(client.drain(out)).isEmpty();
        }
    }

    @RequiresRabbitMq
    @Test
    void aRolledBackDeliveryIsNotAcknowledgedWithLaterOnes(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, "1", "2", "3", "4");
            var channel = client.connection.openChannel();
            channel.txSelect();
            List<Delivery> held = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                held.add(channel.get(queue, false).orElseThrow().delivery());
            }
            held.get(0).ack();
            held.get(1).ack();
            channel.txRollback();
            held.get(2).ack();
            held.get(3).ack();
            channel.txCommit();
            channel.close();
            assertThat(client.drain(queue)).containsExactly("1", "2");
        }
    }

    @RequiresRabbitMq
    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void commitsCanBePipelinedAmidAllOtherRequests(String type, Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = unique("q");
            client.channel.declareQueue(QueueSpec.of(queue).withArgument("x-queue-type", type));
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            List<CompletableFuture<?>> pending = new ArrayList<>();
            pending.add(channel.txSelect());
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                texts.add("m" + i);
                pending.add(channel.send(message(queue, "m" + i)));
                pending.add(channel.txCommit());
                pending.add(channel.declareQueuePassive(queue));
                pending.add(channel.send(message(queue, "dropped")));
                pending.add(channel.txRollback());
            }
            pending.forEach(Futures::await);
            assertThat(client.drain(queue)).isEqualTo(texts);
            client.channel.deleteQueue(queue);
        }
    }

    @EveryBroker
    void confirmsAndTransactionsExcludeEachOtherAndTheChannelLivesOn(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            assertThatThrownBy(client.channel::txCommit).isInstanceOf(IllegalStateException.class);
            client.publish(queue, "confirmed");
            assertThatThrownBy(client.channel::txSelect)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("confirms");
            var transactional = client.connection.openChannel();
            transactional.txSelect();
            assertThatThrownBy(() -> transactional.publish(message(queue, "x")))
                    .isInstanceOf(PublishException.class)
                    .hasMessageContaining("transactional");
            transactional.send(message(queue, "committed"));
            transactional.txCommit();
            assertThat(client.drain(queue)).containsExactly("confirmed", "committed");
        }
    }

    @RequiresRabbitMq
    @Test
    void aMandatoryMessageThatNoQueueTakesComesBackBeforeTheCommitCompletes(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            var channel = client.connection.openChannel();
            List<ReturnedMessage> returned = Collections.synchronizedList(new ArrayList<>());
            channel.onReturn(returned::add);
            channel.txSelect();
            channel.send(OutboundMessage.toQueue(unique("nowhere"), new byte[1]));
            channel.txCommit();
            assertThat(returned).hasSize(1);
        }
    }

    @RequiresRabbitMq
    @Test
    void aCommitThatTheBrokerCannotCompleteFails(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String full = client.queue(it -> it.withMaxLength(1).withOverflow(Overflow.REJECT_PUBLISH));
            client.publish(full, "1");
            var channel = client.connection.openChannel();
            channel.txSelect();
            channel.send(message(full, "2"));
            channel.send(message(full, "3"));
            assertThatThrownBy(channel::txCommit).isInstanceOfSatisfying(ChannelClosedException.class, it -> {
                assertThat(it.replyCode()).isEqualTo(406);
                assertThat(it.method()).isEqualTo("tx.commit");
            });
        }
    }
}
