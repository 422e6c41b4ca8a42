/** A Spring Boot application with Leveret: a connection as a bean, a consumer with its lifecycle, a health indicator. */
@NullMarked
package dev.leveret.examples.spring;

import org.jspecify.annotations.NullMarked;
