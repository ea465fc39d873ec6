package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names of services and operations that came lately, found by their bytes: the same few come again and again, and
 * finding one costs less than decoding it, and no memory. Of two that meet in one place the later stays. Not thread-safe.
 */
public final class KnownNames {
    private static final int PLACES = 1 << 11;

    /** Longer ones are decoded each time: they are rare, and would fill the memory. */
    private static final int MAX_BYTES = 256;

    private final @Nullable Name[] names = new Name[PLACES];

    private static final class Name {
        final byte[] bytes;
        final String text;

        Name(byte[] bytes) {
            this.bytes = bytes;
            this.text = new String(bytes, UTF_8);
        }
    }

    /** The text of these bytes, in UTF-8. */
    public String text(byte[] in, int at, int length) {
        if (length == 0) {
            return "";
        }
        if (length > MAX_BYTES) {
            return new String(in, at, length, UTF_8);
        }
        int hash = length;
        for (int i = at; i < at + length; i++) {
            hash = 31 * hash + in[i];
        }
        int place = (hash ^ (hash >>> 15)) & (PLACES - 1);
        Name known = names[place];
        if (known == null || !Arrays.equals(known.bytes, 0, known.bytes.length, in, at, at + length)) {
            known = new Name(Arrays.copyOfRange(in, at, at + length));
            names[place] = known;
        }
        return known.text;
    }
}
