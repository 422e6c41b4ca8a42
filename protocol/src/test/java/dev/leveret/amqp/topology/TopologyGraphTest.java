package dev.leveret.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyGraphTest {

    private static final Topology TOPOLOGY = new Topology(
            List.of(ExchangeSpec.topic("orders").withAlternateExchange("unrouted")),
            List.of(
                    QueueSpec.quorum("billing").withDeadLetterExchange("", "parked"),
                    QueueSpec.stream("log"),
                    QueueSpec.of("late")
                            .withMessageTtl(Duration.ofSeconds(1))
                            .withDeadLetterExchange("orders", "again")),
            List.of(
                    BindingSpec.toQueue("orders", "billing", "order.#"),
                    BindingSpec.toQueue("orders", "log", "").withArgument("x-match", "any"),
                    BindingSpec.toExchange("orders", "audit", "")));

    @Test
    void mermaidShowsWhatLeadsWhere() {
        assertThat(TopologyGraph.mermaid(TOPOLOGY)).isEqualTo("""
                        flowchart LR
                            n0(["orders<br/>[topic]"])
                            n4(["audit"])
                            n5(["unrouted"])
                            n1["billing<br/>[quorum]"]
                            n2[("log<br/>[stream]")]
                            n3["late"]
                            n6["parked"]
                            n0 -->|"order.#35;"| n1
                            n0 -->|"x-match=any"| n2
                            n0 --> n4
                            n0 -.->|"unroutable"| n5
                            n1 -.->|"dead"| n6
                            n3 -.->|"dead after 1000 ms, again"| n0
                            classDef other stroke-dasharray: 4
                            class n4,n5,n6 other
                        """);
    }

    @Test
    void graphvizShowsTheSame() {
        assertThat(TopologyGraph.graphviz(TOPOLOGY)).isEqualTo("""
                        digraph topology {
                            rankdir=LR
                            n0 [shape=ellipse, label="orders\\n[topic]"]
                            n4 [shape=ellipse, label="audit", style=dashed]
                            n5 [shape=ellipse, label="unrouted", style=dashed]
                            n1 [shape=box, label="billing\\n[quorum]"]
                            n2 [shape=cylinder, label="log\\n[stream]"]
                            n3 [shape=box, label="late"]
                            n6 [shape=box, label="parked", style=dashed]
                            n0 -> n1 [label="order.#"]
                            n0 -> n2 [label="x-match=any"]
                            n0 -> n4 [label=""]
                            n0 -> n5 [label="unroutable", style=dotted]
                            n1 -> n6 [label="dead", style=dotted]
                            n3 -> n0 [label="dead after 1000 ms, again", style=dotted]
                        }
                        """);
    }

    @Test
    void whateverANameHoldsIsOnlyText() {
        String nasty = "\"];\nn0 --> n1 <script>|*`%%{}\\";
        Topology topology = new Topology(List.of(), List.of(QueueSpec.of(nasty)), List.of());
        assertThat(TopologyGraph.mermaid(topology).lines())
                .hasSize(2)
                .last()
                .asString()
                .isEqualTo("    n0[\"#34;]#59;#10;n0 --#62; n1 #60;script#62;#124;#42;#96;#37;#37;#123;#125;#92;\"]");
        assertThat(TopologyGraph.graphviz(topology).lines())
                .hasSize(4)
                .anyMatch(it -> it.equals("    n0 [shape=box, label=\"\\\"]; n0 --> n1 <script>|*`%%{}\\\\\"]"));
    }

    @Test
    void theDefaultExchangeHasAName() {
        Topology topology = new Topology(List.of(), List.of(QueueSpec.of("q").withDeadLetterExchange("")), List.of());
        assertThat(TopologyGraph.mermaid(topology)).contains("([\"(default exchange)\"])");
    }
}
