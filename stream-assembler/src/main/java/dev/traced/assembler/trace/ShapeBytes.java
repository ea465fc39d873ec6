package dev.traced.assembler.trace;

import dev.traced.model.TraceShape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link TraceShape} at the end of a row: nothing for the one of an open trace, which is not known yet. */
final class ShapeBytes {
    private static final byte ROOT = 1;
    private static final byte SKEWED = 2;
    private static final byte NEGATIVE = 4;
    private static final byte[] OPEN = {};

    private ShapeBytes() {}

    static byte[] encode(@Nullable TraceShape shape) {
        if (shape == null) {
            return OPEN;
        }
        List<byte[]> services = new ArrayList<>(shape.services().size());
        int size = 1 + 2 * Integer.BYTES;
        for (String service : shape.services()) {
            byte[] name = service.getBytes(StandardCharsets.UTF_8);
            services.add(name);
            size += Integer.BYTES + name.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size)
                .put((byte) ((shape.hasRoot() ? ROOT : 0)
                        | (shape.isSkewed() ? SKEWED : 0)
                        | (shape.hasNegativeDuration() ? NEGATIVE : 0)))
                .putInt(shape.missingParents())
                .putInt(shape.depth());
        services.forEach(name -> out.putInt(name.length).put(name));
        return out.array();
    }

    /** Reads the rest of the row. */
    static @Nullable TraceShape decode(ByteBuffer in) {
        if (!in.hasRemaining()) {
            return null;
        }
        byte flags = in.get();
        int missing = in.getInt();
        int depth = in.getInt();
        List<String> services = new ArrayList<>();
        while (in.hasRemaining()) {
            services.add(text(in));
        }
        return new TraceShape(
                (flags & ROOT) != 0, missing, depth, services, (flags & SKEWED) != 0, (flags & NEGATIVE) != 0);
    }

    static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
