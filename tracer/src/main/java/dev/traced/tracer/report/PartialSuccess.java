package dev.traced.tracer.report;

import io.opentelemetry.exporter.internal.marshal.CodedInputStream;
import java.io.IOException;

/**
 * What a collector that took a batch says of those in it that it did not want. They must not be sent again (OTLP, "Partial
 * Success"); the SDK does not look at it.
 *
 * @param rejected how many
 * @param reason a line for the log; empty if it wanted all
 */
record PartialSuccess(int rejected, String reason) {
    static final PartialSuccess NONE = new PartialSuccess(0, "");

    private static final int PARTIAL_SUCCESS = 1 << 3 | 2;
    private static final int REJECTED = 1 << 3;
    private static final int ERROR_MESSAGE = 2 << 3 | 2;
    private static final int MAX_REASON = 200;

    /** @param response an {@code ExportTraceServiceResponse} or {@code ExportLogsServiceResponse}: they have one form */
    static PartialSuccess read(byte[] response) {
        int rejected = 0;
        String reason = "";
        try {
            CodedInputStream in = CodedInputStream.newInstance(response);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case PARTIAL_SUCCESS -> in.readRawVarint32(); // its length; nothing comes after it
                    case REJECTED -> rejected = in.readRawVarint32();
                    case ERROR_MESSAGE -> reason = in.readStringRequireUtf8();
                    default -> in.skipField(tag);
                }
            }
        } catch (IOException | RuntimeException e) {
            return NONE; // whatever that is: the status has said that the batch was taken
        }
        if (rejected <= 0) {
            return NONE; // a reason alone is a warning: nothing is lost
        }
        String text = reason.isEmpty() ? "no reason" : reason;
        return new PartialSuccess(rejected, text.substring(0, Math.min(text.length(), MAX_REASON)));
    }
}
