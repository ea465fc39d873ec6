package dev.traced.testing.verify.workload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ids, names and tags, the awkward ones included: the contract allows them, so they must come back unharmed. */
final class RandomText {

    private static final String[] SERVICES = {
        "frontend", "checkout", "payment", "inventory", "shipping", "search", "größe-服务", "say \"hi\"\\\n\t", ""
    };
    private static final String[] OPERATIONS = {
        "GET /",
        "POST /cart",
        "SELECT",
        "publish",
        "render",
        "authorize",
        "GET /item/{id}",
        "\u0001\u2028🙂",
        "a".repeat(256)
    };
    private static final String[] VALUES = {"", "200", "true", "null", "Zürich", "日本語", "{\"a\":[1]}", "\r\n\0", "🙂"};
    private static final int MOST_TAGS = 50;
    private static final int LONGEST_VALUE = 1_024;

    private final SplittableRandom random;

    RandomText(SplittableRandom random) {
        this.random = random;
    }

    /** Any 128 bits: the contract asks for the form of a UUID, not for a version. */
    String id() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    String service() {
        return pick(SERVICES);
    }

    String operation() {
        return pick(OPERATIONS);
    }

    @Nullable
    Map<String, String> tags() {
        double roll = random.nextDouble();
        if (roll < 0.30) {
            return null;
        }
        if (roll < 0.35) {
            return Map.of();
        }
        if (roll < 0.351) {
            return tags(MOST_TAGS, "v".repeat(LONGEST_VALUE));
        }
        return tags(random.nextInt(1, 5), pick(VALUES));
    }

    private Map<String, String> tags(int count, String lastValue) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 1; i < count; i++) {
            tags.put("tag." + random.nextInt(10) + "." + i, pick(VALUES));
        }
        tags.put(random.nextInt(20) == 0 ? "" : "http.größe", lastValue);
        return tags;
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
