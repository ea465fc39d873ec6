package dev.traced.tracer.node.wire;

import org.jspecify.annotations.Nullable;

/** From whom a message is to whom; null where it does not say. */
public record Envelope(@Nullable String src, @Nullable String dest) {
    private static final int EMPTY = 150;

    /** What it takes to keep an envelope, roughly. */
    public static long bytes(@Nullable Envelope envelope) {
        return envelope == null ? 0 : EMPTY + 2L * (length(envelope.src) + length(envelope.dest));
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
