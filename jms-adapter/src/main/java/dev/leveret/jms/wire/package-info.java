/**
 * How a message travels: {@code jakarta.jms} messages to AMQP properties and octets, and back.
 *
 * <p><b>Nothing is wrapped.</b> A text message is UTF-8 text of content type {@code text/plain}, a bytes message its octets;
 * a map message a JSON object; properties are AMQP headers under their own names and of their own types; what AMQP has a
 * field for is in that field. So
 * consumers that know nothing of Jakarta Messaging read these messages, and their messages can be read here.
 *
 * <table>
 *   <caption>Where the parts of a message go</caption>
 *   <tr><th>Jakarta Messaging</th><th>AMQP 0-9-1</th></tr>
 *   <tr><td>{@code JMSMessageID}</td><td>{@code message-id}, with its {@code ID:}; others' ids are shown as they are</td></tr>
 *   <tr><td>{@code JMSCorrelationID}</td><td>{@code correlation-id}; one of more than 255 bytes header
 *       {@code JMSCorrelationID}</td></tr>
 *   <tr><td>{@code JMSType}</td><td>{@code type}; one of more than 255 bytes header {@code JMSType}</td></tr>
 *   <tr><td>{@code JMSDeliveryMode}, {@code JMSPriority}</td><td>{@code delivery-mode}, {@code priority}</td></tr>
 *   <tr><td>{@code JMSTimestamp}</td><td>{@code timestamp} in seconds, header {@code JMSTimestamp} in milliseconds</td></tr>
 *   <tr><td>{@code JMSExpiration}</td><td>{@code expiration} (time to live, which the broker acts on), header
 *       {@code JMSExpiration} in milliseconds since 1970, which survives dead-lettering</td></tr>
 *   <tr><td>{@code JMSDeliveryTime}</td><td>header {@code JMSDeliveryTime} if it is not the timestamp</td></tr>
 *   <tr><td>{@code JMSReplyTo}</td><td>{@code reply-to}: the queue's name, to be used on the default exchange; header
 *       {@code x-jms-reply-to}, such as {@code topic://prices}, if it is anything but a plain queue</td></tr>
 *   <tr><td>{@code JMSDestination}</td><td>header {@code x-jms-dest}, such as {@code queue://orders}</td></tr>
 *   <tr><td>the sending connection, of a topic's messages, for {@code noLocal}</td><td>header {@code x-jms-conn}; header
 *       {@code x-jms-client}, its client identifier, if it has one</td></tr>
 *   <tr><td>the queue in which a delayed message waits</td><td>header {@code jms-delay}; {@code expiration} is the delay, and
 *       gone when it is over</td></tr>
 *   <tr><td>properties called {@code CC} and {@code BCC}, by which the broker would route</td><td>headers
 *       {@code x-jms-property-CC}, {@code x-jms-property-BCC}</td></tr>
 *   <tr><td>type of message</td><td>header {@code x-jms-type}: {@code text}, {@code bytes}, {@code map}, {@code stream},
 *       {@code object}, {@code message}</td></tr>
 *   <tr><td>{@code JMSXUserID}, {@code JMSXAppID}</td><td>read from {@code user-id}, {@code app-id}; the former is sent if
 *       {@code jms.userId} says so</td></tr>
 *   <tr><td>{@code JMS_AMQP_ContentType}, {@code JMS_AMQP_ContentEncoding}</td><td>{@code content-type},
 *       {@code content-encoding}</td></tr>
 * </table>
 *
 * <p><b>Map and stream messages</b> are JSON: an object, or an array. Strings, booleans, null and {@code int}s are what JSON
 * has; a number with a fraction or an exponent is a {@code double}. Any other type is an object of one member that is called
 * as the type: <code>{"byte":1}</code>, <code>{"short":1}</code>, <code>{"long":"1"}</code>, <code>{"float":0.5}</code>,
 * <code>{"char":"x"}</code>, <code>{"bytes":"AQI="}</code> in Base64. A plain number that is too large for an {@code int} is
 * read as a {@code long}. Nothing else can be nested.
 *
 * <p><b>Object messages</b> are the object's serialized form, of content type {@code application/x-java-serialized-object}.
 * Here it is never read; the message reads it on demand, as its {@link dev.leveret.jms.message.ObjectPolicy} allows.
 *
 * <p><b>Messages of rabbitmq-jms</b> are recognised by their body, which is a stream of Java objects, and read by a parser
 * of its own that makes no object: {@code RabbitMqJmsReader}. {@link dev.leveret.jms.wire.WireFormat} says which format is
 * written.
 *
 * <p><b>Messages of other clients.</b> Without the header {@code x-jms-type} the content type decides: {@code text/*},
 * {@code application/json}, {@code application/xml} and their {@code +json} and {@code +xml} kin become text messages,
 * {@code application/x-java-serialized-object} object messages, all else bytes messages, as does text that is not valid in its character set or has a content encoding. Headers become
 * properties: numbers, booleans and strings as they are, a decimal as its string, a time as milliseconds since 1970; tables,
 * arrays and octets are left out. A header whose name no property may have can be read by that name but is not listed:
 * see {@link dev.leveret.jms.message.MessageProperties}.
 */
@NullMarked
package dev.leveret.jms.wire;

import org.jspecify.annotations.NullMarked;
