package dev.leveret.jms;

import dev.leveret.jms.broker.BrokerFacts;
import jakarta.jms.JMSException;
import java.io.PrintStream;
import java.util.List;

/**
 * Says what a broker, its version and its queues can guarantee to this provider, with the user and the virtual host that a
 * connection factory has, and what to change.
 *
 * <p>It tries out what sessions do, on queues of its own that end with it. Of what is there it changes nothing and takes no
 * message. What a queue is it learns by asking RabbitMQ to declare it otherwise, which is refused with the difference; that takes
 * the permission to configure the queue. Policies cannot be seen by AMQP: what they set is not in the diagnosis.
 *
 * <p>As a program it is given a URI, and names of queues:
 *
 * <pre>{@code java -cp ... dev.leveret.jms.Doctor amqp://app:secret@broker.example/orders orders.incoming}</pre>
 *
 * It prints the diagnosis, and ends with 1 if there is a problem, 2 if it could not examine the broker.
 */
public final class Doctor {

    private Doctor() {}

    /**
     * Examines the broker of a factory; waits.
     *
     * @param queues names of queues to say something about
     * @throws JMSException if the broker cannot be reached, or the connection is lost
     */
    public static Diagnosis examine(LeveretConnectionFactory factory, List<String> queues) throws JMSException {
        BrokerFacts facts = factory.examine(queues);
        return new Diagnosis(
                (facts.product() + " " + facts.version()).strip(), new Findings(facts, factory.declaring()).all());
    }

    /** The program. */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        if (args.length == 0) {
            err.println("usage: Doctor amqp://user:password@host/virtual-host [queue ...]");
            return 2;
        }
        try {
            Diagnosis diagnosis =
                    examine(new LeveretConnectionFactory(args[0]), List.of(args).subList(1, args.length));
            out.println(diagnosis);
            return diagnosis.worst() == Diagnosis.Severity.PROBLEM ? 1 : 0;
        } catch (JMSException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return 2;
        }
    }
}
