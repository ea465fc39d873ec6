package dev.traced.assembler;

import dev.traced.model.TraceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** A record that cannot be read, as it goes to topic {@code dead-letter}: as it was, with the reason in a header. */
final class DeadLetter {
    private DeadLetter() {}

    static Record<byte[], byte[]> of(Record<byte[], byte[]> record, IllegalArgumentException unreadable) {
        record.headers().add("error", String.valueOf(unreadable.getMessage()).getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /** @throws IllegalArgumentException if the key is not the id of a trace */
    static TraceId requireTraceId(byte @Nullable [] key) {
        if (key == null || key.length != TraceId.BYTES) {
            throw new IllegalArgumentException(
                    "the key must be a trace id of 16 bytes, " + (key == null ? "is missing" : "has " + key.length));
        }
        return TraceId.from(ByteBuffer.wrap(key));
    }
}
