package dev.traced.tracer.report;

import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.logging.Filter;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The SDK's OTLP exporters, without what {@link Delivery} does for them. */
final class Exporters {
    /**
     * The exporter itself tries again where the collector has answered that it is busy: it alone sees for how long, in
     * {@code Retry-After}. Whether and when one that does not answer is tried again is up to the delivery.
     */
    private static final RetryPolicy IF_BUSY =
            RetryPolicy.builder().setRetryExceptionPredicate(e -> false).build();

    private static final Pattern FAILURE =
            Pattern.compile("Failed to export (?:[0-9]+ )?(?:span|log)s\\.|Too many log messages detected\\.");

    /** Held here, since otherwise the filter goes when the logger is collected. */
    private static final Logger HTTP = Logger.getLogger("io.opentelemetry.exporter.otlp.internal.HttpExporter");

    private static final Logger GRPC = Logger.getLogger("io.opentelemetry.exporter.otlp.internal.GrpcExporter");

    private Exporters() {}

    /** The exporter of spans to use in place of this one; null if it is not one of OTLP. */
    static @Nullable SpanExporter forDelivery(SpanExporter exporter, Answers answers) {
        SpanExporter patient = null;
        if (exporter instanceof OtlpHttpSpanExporter http) {
            patient = http.toBuilder()
                    .setRetryPolicy(IF_BUSY)
                    .setComponentLoader(answers)
                    .build();
        } else if (exporter instanceof OtlpGrpcSpanExporter grpc) {
            patient = grpc.toBuilder().setRetryPolicy(IF_BUSY).build();
        }
        if (patient != null) {
            exporter.shutdown();
            sayNothingOfFailures();
        }
        return patient;
    }

    /** The exporter of logs to use in place of this one; null if it is not one of OTLP. */
    static @Nullable LogRecordExporter forDelivery(LogRecordExporter exporter, Answers answers) {
        LogRecordExporter patient = null;
        if (exporter instanceof OtlpHttpLogRecordExporter http) {
            patient = http.toBuilder()
                    .setRetryPolicy(IF_BUSY)
                    .setComponentLoader(answers)
                    .build();
        } else if (exporter instanceof OtlpGrpcLogRecordExporter grpc) {
            patient = grpc.toBuilder().setRetryPolicy(IF_BUSY).build();
        }
        if (patient != null) {
            exporter.shutdown();
            sayNothingOfFailures();
        }
        return patient;
    }

    /**
     * The exporters write each failure with its stack trace to {@code java.util.logging}, five times and then once a
     * minute. {@link Outage} says it once. What is said of metrics stays, and so does all where somebody has set a
     * filter.
     */
    private static void sayNothingOfFailures() {
        Filter others = logged -> logged.getMessage() == null
                || !FAILURE.matcher(logged.getMessage()).lookingAt();
        for (Logger logger : new Logger[] {HTTP, GRPC}) {
            if (logger.getFilter() == null) {
                logger.setFilter(others);
            }
        }
    }
}
