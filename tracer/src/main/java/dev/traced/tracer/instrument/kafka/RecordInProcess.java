package dev.traced.tracer.instrument.kafka;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The record of one consumer that a thread is at: one at a time, and each thread has its own. */
final class RecordInProcess {
    private record Open(Span span, Scope scope) {}

    private final RecordSpans spans;

    @SuppressWarnings("ThreadLocalUsage") // a thread may be at a record of each of several consumers
    private final ThreadLocal<Open> open = new ThreadLocal<>();

    RecordInProcess(RecordSpans spans) {
        this.spans = spans;
    }

    /** Ends the record before, and makes the context of this one the current one. */
    @SuppressWarnings("MustBeClosedChecker") // end() closes it
    void begin(ConsumerRecord<?, ?> record) {
        end();
        Context context = spans.process(record);
        open.set(new Open(Span.fromContext(context), context.makeCurrent()));
    }

    void end() {
        Open record = open.get();
        if (record != null) {
            open.remove();
            record.scope().close();
            record.span().end();
        }
    }
}
