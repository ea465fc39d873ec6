package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.traced.model.DurationHistogram;
import dev.traced.model.TraceOverview;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/** An overview as JSON. Times and durations are integers, in nanoseconds; percentiles are null where there are no traces. */
final class OverviewJson {
    private static final JsonFactory JSON = new JsonFactory();

    /** So many buckets of a histogram are one here, four an octave. */
    private static final int COARSE = DurationHistogram.BUCKETS_AN_OCTAVE / 4;

    private OverviewJson() {}

    /**
     * {@code {"after","before","step_ns","total","errors","later","p50_ns","p95_ns","p99_ns","steps":[{"time","traces",
     * "errors","p50_ns","p95_ns","p99_ns","durations":[[from_ns,to_ns,traces,errors]]}]}}.
     */
    static void write(TraceOverview overview, OutputStream out) throws IOException {
        TraceOverview.Line total = new TraceOverview.Line();
        overview.lines().forEach(total::add);
        int steps = overview.times().count();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("after", overview.times().afterNanos());
            json.writeNumberField("before", overview.times().beforeNanos());
            json.writeNumberField("step_ns", overview.times().stepNanos());
            json.writeNumberField("total", total.traces());
            json.writeNumberField("errors", total.errors().count());
            json.writeNumberField("later", overview.later().traces());
            writePercentiles(total, json);
            json.writeArrayFieldStart("steps");
            for (int step = 0; step < steps; step++) {
                TraceOverview.Line line = overview.lines().get(step);
                json.writeStartObject();
                json.writeNumberField("time", overview.times().start(step));
                json.writeNumberField("traces", line.traces());
                json.writeNumberField("errors", line.errors().count());
                writePercentiles(line, json);
                writeDurations(line, json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void writePercentiles(TraceOverview.Line line, JsonGenerator json) throws IOException {
        LongUnaryOperator percentiles = line.all().percentiles();
        for (int percent : new int[] {50, 95, 99}) {
            json.writeFieldName("p" + percent + "_ns");
            if (line.traces() == 0) {
                json.writeNull();
            } else {
                json.writeNumber(percentiles.applyAsLong(percent));
            }
        }
    }

    private static void writeDurations(TraceOverview.Line line, JsonGenerator json) throws IOException {
        Map<Integer, long[]> buckets = new TreeMap<>();
        line.ok().forEach((bucket, count) -> counts(buckets, bucket)[0] += count);
        line.errors().forEach((bucket, count) -> {
            counts(buckets, bucket)[0] += count;
            counts(buckets, bucket)[1] += count;
        });
        json.writeArrayFieldStart("durations");
        for (Map.Entry<Integer, long[]> bucket : buckets.entrySet()) {
            json.writeStartArray();
            json.writeNumber(from(bucket.getKey()));
            json.writeNumber(from(bucket.getKey() + 1));
            json.writeNumber(bucket.getValue()[0]);
            json.writeNumber(bucket.getValue()[1]);
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static long[] counts(Map<Integer, long[]> buckets, int fine) {
        return buckets.computeIfAbsent(fine / COARSE, coarse -> new long[2]);
    }

    /** Where a bucket begins, and the one before it ends. */
    private static long from(int coarse) {
        int fine = coarse * COARSE;
        return fine == DurationHistogram.BUCKETS ? Long.MAX_VALUE : DurationHistogram.nanos(fine);
    }
}
