/** Programs that use Leveret through frameworks for Jakarta Messaging; each is run by a test. */
package dev.leveret.examples.jms;
