/** A broker inside this JVM: Apache Qpid Broker-J, with its AMQP 0-9-1 plug-in and memory stores. */
@NullMarked
package dev.leveret.testkit.embedded;

import org.jspecify.annotations.NullMarked;
