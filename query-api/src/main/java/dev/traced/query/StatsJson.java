package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * Statistics as JSON, each answer with the times it is exact for: {@code "after"}, and {@code "before"} or null, integers in
 * Unix nanoseconds; {@code "complete"}, see {@link StatsPage}. Durations are milliseconds, exact to the nanosecond.
 */
final class StatsJson {
    private static final JsonFactory JSON = new JsonFactory();

    /** Of a nanosecond in milliseconds. */
    private static final int DECIMALS = 6;

    private static final int RATE_DECIMALS = 4;

    private StatsJson() {}

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** {@code {"after","before","complete","services":[{"service","traces","spans","errors","error_rate","duration_ms":{}}]}}. */
    static void services(StatsPage page, OutputStream out) throws IOException {
        list(page, "services", "service", out);
    }

    /** The same with operations. */
    static void operations(StatsPage page, OutputStream out) throws IOException {
        list(page, "operations", "operation", out);
    }

    private static void list(StatsPage page, String field, String name, OutputStream out) throws IOException {
        write(page, out, json -> {
            json.writeArrayFieldStart(field);
            for (Map.Entry<StatsKey, StatsLine> line : page.lines().entrySet()) {
                json.writeStartObject();
                json.writeStringField(name, line.getKey().name());
                write(line.getValue(), json);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** {@code {"after","before","complete","dependencies":[{"caller","callee","calls","errors","error_rate","avg_ms",...}]}}. */
    static void dependencies(StatsPage page, OutputStream out) throws IOException {
        write(page, out, json -> {
            json.writeArrayFieldStart("dependencies");
            for (Map.Entry<StatsKey, StatsLine> line : page.lines().entrySet()) {
                StatsLine calls = line.getValue();
                LongUnaryOperator percentiles = calls.durations().percentiles();
                json.writeStartObject();
                json.writeStringField("caller", line.getKey().name());
                json.writeStringField("callee", line.getKey().callee());
                json.writeNumberField("calls", calls.spans());
                json.writeNumberField("errors", calls.errors());
                json.writeNumberField("error_rate", errorRate(calls));
                json.writeNumberField("avg_ms", average(calls));
                json.writeNumberField("p50_ms", milliseconds(percentiles.applyAsLong(50)));
                json.writeNumberField("p95_ms", milliseconds(percentiles.applyAsLong(95)));
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /**
     * {@code {"after","before","traces",...,"step_seconds","series":[{"start_time","traces",...}]}}: a line for each step of
     * time, also for those with nothing in them, up to the current one or the last that has something.
     */
    static void stats(StatsPage page, long nowNanos, OutputStream out) throws IOException {
        StatsLine total = new StatsLine();
        long last = nowNanos;
        for (Map.Entry<StatsKey, StatsLine> line : page.lines().entrySet()) {
            total.add(line.getValue());
            if (!line.getKey().equals(StatsKey.FUTURE)) {
                last = Math.max(last, line.getKey().startNanos());
            }
        }
        Long before = page.beforeNanos();
        long end = before == null ? last : Math.min(last, before - 1);
        write(page, out, json -> {
            write(total, json);
            long step = page.stepNanos();
            json.writeNumberField("step_seconds", TimeUnit.NANOSECONDS.toSeconds(step));
            json.writeArrayFieldStart("series");
            for (long start = Math.floorDiv(page.afterNanos(), step) * step; start <= end; start += step) {
                json.writeStartObject();
                json.writeNumberField("start_time", start);
                write(page.lines().getOrDefault(StatsKey.startingAt(start), new StatsLine()), json);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void write(StatsPage page, OutputStream out, Body body) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("after", page.afterNanos());
            Long before = page.beforeNanos();
            if (before == null) {
                json.writeNullField("before");
            } else {
                json.writeNumberField("before", before);
            }
            json.writeBooleanField("complete", page.isComplete());
            body.write(json);
            json.writeEndObject();
        }
    }

    private static void write(StatsLine line, JsonGenerator json) throws IOException {
        LongUnaryOperator percentiles = line.durations().percentiles();
        json.writeNumberField("traces", line.traces());
        json.writeNumberField("spans", line.spans());
        json.writeNumberField("errors", line.errors());
        json.writeNumberField("error_rate", errorRate(line));
        json.writeObjectFieldStart("duration_ms");
        json.writeNumberField("avg", average(line));
        json.writeNumberField("p50", milliseconds(percentiles.applyAsLong(50)));
        json.writeNumberField("p95", milliseconds(percentiles.applyAsLong(95)));
        json.writeNumberField("p99", milliseconds(percentiles.applyAsLong(99)));
        json.writeEndObject();
    }

    private static BigDecimal errorRate(StatsLine line) {
        return BigDecimal.valueOf(line.errors())
                .divide(BigDecimal.valueOf(Math.max(1, line.spans())), RATE_DECIMALS, RoundingMode.HALF_UP);
    }

    private static BigDecimal average(StatsLine line) {
        BigDecimal sum = new BigDecimal(line.durations().sumNanos(), DECIMALS);
        return plain(sum.divide(BigDecimal.valueOf(Math.max(1, line.spans())), DECIMALS, RoundingMode.HALF_UP));
    }

    private static BigDecimal milliseconds(long nanos) {
        return plain(BigDecimal.valueOf(nanos, DECIMALS));
    }

    /** Without zeros at the end, and without an exponent. */
    private static BigDecimal plain(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
