package dev.traced.tracer.report;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/** Before the SDK's batches of spans: lets in what there is room for. */
final class SpanIntake implements SpanProcessor {
    private final Backlog backlog;
    private final SpanProcessor batches;

    SpanIntake(Backlog backlog, SpanProcessor batches) {
        this.backlog = backlog;
        this.batches = batches;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (!span.getSpanContext().isSampled()) {
            return;
        }
        WeighedSpan weighed = WeighedSpan.of(span);
        if (backlog.admit(weighed.bytes())) {
            batches.onEnd(weighed);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    @Override
    public String toString() {
        return batches.toString();
    }
}
