/** RabbitMQ in a container, through Testcontainers, where a Docker engine answers. */
@NullMarked
package dev.leveret.testkit.docker;

import org.jspecify.annotations.NullMarked;
