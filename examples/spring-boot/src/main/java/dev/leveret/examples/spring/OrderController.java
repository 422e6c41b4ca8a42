package dev.leveret.examples.spring;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes orders, and tells those that have been handled. */
@RestController
class OrderController {

    private final Channel channel;
    private final LeveretProperties properties;
    private final Orders orders;

    OrderController(Channel channel, LeveretProperties properties, Orders orders) {
        this.channel = channel;
        this.properties = properties;
        this.orders = orders;
    }

    /** Answers when the broker has the order. */
    @PostMapping("/orders/{number}")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void order(@PathVariable String number, @RequestBody String text) {
        BasicProperties message =
                BasicProperties.builder().messageId(number).persistent(true).build();
        channel.publish(
                new OutboundMessage("", properties.queue(), true, message, text.getBytes(StandardCharsets.UTF_8)));
    }

    @GetMapping("/orders/{number}")
    ResponseEntity<String> order(@PathVariable String number) {
        return ResponseEntity.of(orders.handled(number));
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
    String notPublished(PublishException failure) {
        return failure.getMessage();
    }
}
