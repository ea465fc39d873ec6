package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.traced.model.TraceFilter;
import java.util.Arrays;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/**
 * What a trace can be searched by, each as 64 bits: a service, an operation, an operation of a service, a tag. Of a million
 * traces with a hundred terms each one in 180,000 searches would find a trace too many.
 *
 * @see <a href="https://xxhash.com">xxHash</a>
 */
public final class Terms {
    private static final XXHash64 HASH = XXHashFactory.fastestJavaInstance().hash64();

    private static final long SERVICE = 1;
    private static final long OPERATION = 2;
    private static final long TAG = 3;

    private Terms() {}

    static long service(byte[] text, int at, int length) {
        return HASH.hash(text, at, length, SERVICE);
    }

    static long operation(byte[] text, int at, int length) {
        return HASH.hash(text, at, length, OPERATION);
    }

    /** @param service the term of its service */
    static long operation(long service, byte[] text, int at, int length) {
        return HASH.hash(text, at, length, service);
    }

    /** What {@link #tagValue} goes on from. */
    static long tagKey(byte[] text, int at, int length) {
        return HASH.hash(text, at, length, TAG);
    }

    static long tagValue(long key, byte[] text, int at, int length) {
        return HASH.hash(text, at, length, key);
    }

    /** The terms that a trace must have to pass; none for a filter without conditions on single spans. */
    public static long[] of(TraceFilter filter) {
        long[] terms = new long[2 + filter.tags().size()];
        int count = 0;
        long service = 0;
        if (filter.service() != null) {
            byte[] name = filter.service().getBytes(UTF_8);
            service = service(name, 0, name.length);
            terms[count++] = service;
        }
        if (filter.operation() != null) {
            byte[] name = filter.operation().getBytes(UTF_8);
            terms[count++] = filter.service() != null
                    ? operation(service, name, 0, name.length)
                    : operation(name, 0, name.length);
        }
        for (TraceFilter.Tag tag : filter.tags()) {
            byte[] key = tag.key().getBytes(UTF_8);
            byte[] value = tag.value().getBytes(UTF_8);
            terms[count++] = tagValue(tagKey(key, 0, key.length), value, 0, value.length);
        }
        return Arrays.copyOf(terms, count);
    }
}
