package dev.traced.tracer.report;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;

/** Before the SDK's batches of logs: lets in what there is room for. */
final class LogIntake implements LogRecordProcessor {
    private final Backlog backlog;
    private final LogRecordProcessor batches;

    LogIntake(Backlog backlog, LogRecordProcessor batches) {
        this.backlog = backlog;
        this.batches = batches;
    }

    @Override
    public void onEmit(Context context, ReadWriteLogRecord log) {
        if (backlog.admit(Weight.of(log.toLogRecordData()))) {
            batches.onEmit(context, log);
        }
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }
}
