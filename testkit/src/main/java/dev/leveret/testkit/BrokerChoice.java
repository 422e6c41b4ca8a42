package dev.leveret.testkit;

import dev.leveret.testkit.BrokerSource.Place;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Where brokers may come from, as somebody chose it. */
enum BrokerChoice {
    AUTO(EnumSet.allOf(Place.class)),
    RABBITMQ(EnumSet.of(Place.GIVEN, Place.DOCKER, Place.LOCAL)),
    EMBEDDED(EnumSet.of(Place.EMBEDDED)),
    DOCKER(EnumSet.of(Place.DOCKER)),
    LOCAL(EnumSet.of(Place.LOCAL));

    private final Set<Place> places;

    BrokerChoice(Set<Place> places) {
        this.places = places;
    }

    boolean allows(Place place) {
        return places.contains(place);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BrokerChoice of(String word, String where) {
        return Arrays.stream(values())
                .filter(it -> it.word().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        where + " is '" + word + "', which is no choice of brokers: allowed are " + words()));
    }

    private static String words() {
        return Arrays.stream(values()).map(BrokerChoice::word).collect(Collectors.joining(", "));
    }
}
