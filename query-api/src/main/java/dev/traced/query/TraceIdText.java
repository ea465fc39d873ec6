package dev.traced.query;

import dev.traced.http.HttpProblem;
import dev.traced.model.TraceId;

/** The forms in which a client may name a trace outside of the traced contract. */
final class TraceIdText {
    private static final int HEX_CHARS = 2 * TraceId.BYTES;

    private TraceIdText() {}

    /**
     * 1 to 32 hexadecimal digits, as Jaeger and Zipkin take them, or a UUID.
     *
     * @throws HttpProblem 400 if it is neither
     */
    static TraceId parse(String text) {
        if (TraceId.isValid(text)) {
            return TraceId.parse(text);
        }
        String hex = "0".repeat(Math.max(0, HEX_CHARS - text.length())) + text;
        boolean isHex = hex.length() == HEX_CHARS && hex.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
        if (text.isEmpty() || !isHex) {
            throw new HttpProblem(
                    400,
                    "trace_id must be a UUID or 1..32 hexadecimal digits, was \"" + QueryRoutes.shortened(text) + "\"");
        }
        return new TraceId(
                Long.parseUnsignedLong(hex.substring(0, HEX_CHARS / 2), 16),
                Long.parseUnsignedLong(hex.substring(HEX_CHARS / 2), 16));
    }
}
