package dev.traced.tracer.demo;

import dev.traced.tracer.demo.shop.Cards;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a visitor may come for: how often, how it ends, and what a trace of it must have. */
enum Journey {
    BROWSE(40, 200, "visitors 1, storefront 2, catalog 2", "storefront 1, catalog 1"),
    PRODUCT(
            25,
            200,
            "visitors 1, storefront 4, catalog 2, inventory 2, reviews 1",
            "storefront 1, catalog 1, inventory 1"),
    SEARCH(15, 200, "visitors 1, storefront 2, catalog 2", "storefront 1, catalog 1"),
    BUY(10, 201, Shape.SOLD, Shape.SOLD_LOGS),
    BUY_SLOWLY(3, 201, Shape.SOLD, Shape.SOLD_LOGS),
    /** The first payment fails, the second does not. */
    BUY_SHAKILY(
            3,
            201,
            "visitors 1, storefront 4, catalog 2, cart 3, checkout 8, inventory 3, payment 4, shipping 3, notification 1",
            "storefront 1, catalog 1, cart 3, checkout 2, inventory 1, payment 2, shipping 1, notification 1"),
    BUY_WITHOUT_MONEY(
            4,
            402,
            "visitors 1, storefront 4, catalog 2, cart 2, checkout 5, inventory 6, payment 2",
            "storefront 1, catalog 1, cart 2, checkout 1, inventory 2, payment 1");

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final int PRODUCTS = 2_000;
    private static final List<Journey> BY_WEIGHT = Stream.of(values())
            .flatMap(journey -> Stream.generate(() -> journey).limit(journey.weight))
            .toList();

    private final int weight;
    private final int status;
    private final String spans;
    private final String logs;

    Journey(int weight, int status, String spans, String logs) {
        this.weight = weight;
        this.status = status;
        this.spans = spans;
        this.logs = logs;
    }

    /** Of an order that is paid for and shipped. */
    private static final class Shape {
        static final String SOLD = "visitors 1, storefront 4, catalog 2, cart 3, checkout 7, inventory 3, payment 2,"
                + " shipping 3, notification 1";
        static final String SOLD_LOGS =
                "storefront 1, catalog 1, cart 3, checkout 1, inventory 1, payment 1, shipping 1, notification 1";
    }

    private static Map<String, Integer> counts(String text) {
        return Stream.of(text.split(", ", -1))
                .map(count -> count.split(" ", -1))
                .collect(Collectors.toUnmodifiableMap(count -> count[0], count -> Integer.valueOf(count[1])));
    }

    /** One of them, by their weights. */
    static Journey any(Random random) {
        return BY_WEIGHT.get(random.nextInt(BY_WEIGHT.size()));
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The answer it must get. */
    int status() {
        return status;
    }

    /** How many spans of each service its trace must have. */
    Map<String, Integer> spans() {
        return counts(spans);
    }

    /** How many logs of each service its trace must have. */
    Map<String, Integer> logs() {
        return counts(logs);
    }

    /** Something goes wrong in it and is mended: what a trace is looked at for. */
    boolean isInteresting() {
        return this == BUY_SHAKILY;
    }

    HttpRequest.Builder request(URI shop, Random random) {
        int product = 1 + random.nextInt(PRODUCTS);
        return switch (this) {
            case BROWSE -> get(shop, "/?page=" + random.nextInt(PRODUCTS / 48));
            case PRODUCT -> get(shop, "/products/" + product);
            case SEARCH -> get(shop, "/search?q=copper%20" + (random.nextBoolean() ? "teapot" : "lamp"));
            case BUY -> order(shop, product, random, Cards.GOOD);
            case BUY_SLOWLY -> order(shop, product, random, Cards.SLOW);
            case BUY_SHAKILY -> order(shop, product, random, Cards.SHAKY);
            case BUY_WITHOUT_MONEY -> order(shop, product, random, Cards.DECLINED);
        };
    }

    private static HttpRequest.Builder get(URI shop, String path) {
        return to(shop.resolve(path));
    }

    private static HttpRequest.Builder order(URI shop, int product, Random random, String card) {
        UUID visitor = new UUID(random.nextLong(), random.nextLong());
        String json = """
                {"visitor":"%s","product":%d,"pieces":%d,"card":"%s","email":"visitor@example.com"}""".formatted(visitor, product, 1 + random.nextInt(3), card);
        return to(shop.resolve("/orders"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }

    /** As browsers do, visitors take pages that are compressed. */
    private static HttpRequest.Builder to(URI page) {
        return HttpRequest.newBuilder(page).timeout(ANSWER_WITHIN).header("Accept-Encoding", "gzip");
    }
}
