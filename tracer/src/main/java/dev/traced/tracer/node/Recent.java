package dev.traced.tracer.node;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries that came last: as soon as all of them together take more than a limit, the oldest go. What an entry takes is
 * an estimate of its bytes.
 */
final class Recent<K, V> {
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>();
    private final long limit;
    private final Consumer<V> forgotten;
    private long size;

    private static final class Entry<V> {
        private final V value;
        private long size;

        Entry(V value) {
            this.value = value;
        }
    }

    /** @param forgotten is given each entry that goes to make room, once it has gone */
    Recent(long limit, Consumer<V> forgotten) {
        this.limit = limit;
        this.forgotten = forgotten;
    }

    @Nullable
    V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value;
    }

    /** Puts a new entry behind all others. */
    void add(K key, V value, long bytes) {
        entries.put(key, new Entry<>(value));
        grow(key, bytes);
    }

    /** Whether an entry can take so much more without having to go itself. */
    boolean canGrow(K key, long bytes) {
        Entry<V> entry = entries.get(key);
        return (entry == null ? 0 : entry.size) + bytes <= limit;
    }

    /** Says that an entry takes more. */
    void grow(K key, long bytes) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return;
        }
        entry.size += bytes;
        size += bytes;
        Iterator<Map.Entry<K, Entry<V>>> oldest = entries.entrySet().iterator();
        while (size > limit && oldest.hasNext()) {
            Entry<V> gone = oldest.next().getValue();
            if (gone != entry) {
                oldest.remove();
                size -= gone.size;
                forgotten.accept(gone.value);
            }
        }
    }

    Collection<V> values() {
        return entries.values().stream().map(entry -> entry.value).toList();
    }
}
