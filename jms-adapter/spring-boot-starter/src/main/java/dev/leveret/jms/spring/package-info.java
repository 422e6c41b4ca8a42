/** Leveret in Spring Boot: {@link dev.leveret.jms.spring.LeveretJmsAutoConfiguration}. */
@NullMarked
package dev.leveret.jms.spring;

import org.jspecify.annotations.NullMarked;
