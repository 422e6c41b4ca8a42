package dev.leveret.examples.spring;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Service;

/** What is done with orders. */
@Service
class Orders {

    private final Map<String, String> handled = new ConcurrentHashMap<>();

    void handle(String number, String text) {
        handled.put(number, text);
    }

    Optional<String> handled(String number) {
        return Optional.ofNullable(handled.get(number));
    }
}
