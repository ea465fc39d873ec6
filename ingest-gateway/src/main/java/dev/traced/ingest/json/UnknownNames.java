package dev.traced.ingest.json;

import java.util.HashSet;
import java.util.Set;

/**
 * The names of an object's properties that the contract does not know: they are ignored, but may not repeat. Bounded,
 * for they are remembered until the object ends. Not for use by two threads.
 */
final class UnknownNames {
    static final int MAX = 1_000;
    static final String TOO_MANY = "must have at most " + MAX + " properties";

    private final Set<String> names = new HashSet<>();

    /** Whether the name is new. */
    boolean add(String name) {
        return names.add(name);
    }

    boolean isFull() {
        return names.size() > MAX;
    }

    void clear() {
        if (!names.isEmpty()) {
            names.clear();
        }
    }
}
