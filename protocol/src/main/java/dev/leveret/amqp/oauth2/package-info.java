/** Credentials by OAuth 2: tokens that are fetched, and renewed on open connections before they expire. */
@NullMarked
package dev.leveret.amqp.oauth2;

import org.jspecify.annotations.NullMarked;
