package dev.traced.tracer.report;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * A span that has ended, with its {@link Weight}: what it is admitted by is what it is settled by, and neither that nor its data,
 * which the SDK makes whenever it is asked, is made more than once.
 */
final class WeighedSpan extends DelegatingSpanData implements ReadableSpan {
    private final long bytes;

    private WeighedSpan(SpanData ended) {
        super(ended);
        this.bytes = Weight.of(ended);
    }

    static WeighedSpan of(ReadableSpan ended) {
        return new WeighedSpan(ended.toSpanData());
    }

    /** Of a span that may have come another way. */
    static long weightOf(SpanData span) {
        return span instanceof WeighedSpan weighed ? weighed.bytes : Weight.of(span);
    }

    long bytes() {
        return bytes;
    }

    @Override
    public SpanData toSpanData() {
        return this;
    }

    @Override
    public long getLatencyNanos() {
        return getEndEpochNanos() - getStartEpochNanos();
    }

    @Override
    public <T> @Nullable T getAttribute(AttributeKey<T> key) {
        return getAttributes().get(key);
    }
}
