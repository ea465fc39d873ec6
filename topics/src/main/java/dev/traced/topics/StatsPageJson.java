package dev.traced.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.traced.model.DurationHistogram;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Statistics between an assembler and a query service: {@code {"after":N,"before":N or null,"step":N,"complete":true,"lines":[[name,
 * callee, start, traces, errors, sum_high, sum_low, bucket, count, bucket, count, ...], ...]}}, times in Unix nanoseconds, the sum of the
 * durations in two halves of 64 bits.
 */
public final class StatsPageJson {
    private static final JsonFactory JSON = new JsonFactory();

    private StatsPageJson() {}

    public static void write(StatsPage page, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("after", page.afterNanos());
            json.writeFieldName("before");
            if (page.beforeNanos() == null) {
                json.writeNull();
            } else {
                json.writeNumber(page.beforeNanos());
            }
            json.writeNumberField("step", page.stepNanos());
            json.writeBooleanField("complete", page.isComplete());
            json.writeArrayFieldStart("lines");
            for (Map.Entry<StatsKey, StatsLine> line : page.lines().entrySet()) {
                write(line.getKey(), line.getValue(), json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(StatsKey key, StatsLine line, JsonGenerator json) throws IOException {
        json.writeStartArray();
        json.writeString(key.name());
        json.writeString(key.callee());
        json.writeNumber(key.startNanos());
        json.writeNumber(line.traces());
        json.writeNumber(line.errors());
        json.writeNumber(line.durations().sumHigh());
        json.writeNumber(line.durations().sumLow());
        line.durations().forEach((bucket, count) -> {
            try {
                json.writeNumber(bucket);
                json.writeNumber(count);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        json.writeEndArray();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it is something else
     */
    public static StatsPage read(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            expect(json.nextToken() == JsonToken.START_OBJECT && "after".equals(json.nextFieldName()));
            long after = number(json);
            expect("before".equals(json.nextFieldName()));
            Long before = json.nextToken() == JsonToken.VALUE_NULL ? null : Long.valueOf(json.getLongValue());
            expect("step".equals(json.nextFieldName()));
            long step = number(json);
            expect(step > 0); // a series of steps would have no end
            expect("complete".equals(json.nextFieldName()) && json.nextToken().isBoolean());
            boolean isComplete = json.getBooleanValue();
            expect("lines".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
            StatsPage page = new StatsPage(after, before, step, isComplete, new TreeMap<>());
            while (json.nextToken() == JsonToken.START_ARRAY) {
                readLine(json, page);
            }
            expect(json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == JsonToken.END_OBJECT);
            return page;
        }
    }

    private static void readLine(JsonParser json, StatsPage page) throws IOException {
        StatsKey key = new StatsKey(text(json), text(json), number(json));
        long traces = number(json);
        long errors = number(json);
        DurationHistogram durations = new DurationHistogram();
        durations.addSum(number(json), number(json));
        while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            int bucket = json.getIntValue();
            expect(bucket >= 0 && bucket < DurationHistogram.BUCKETS);
            durations.addToBucket(bucket, number(json));
        }
        expect(json.currentToken() == JsonToken.END_ARRAY);
        page.line(key).add(traces, errors, durations);
    }

    private static String text(JsonParser json) throws IOException {
        String text = json.nextTextValue();
        expect(text != null);
        return String.valueOf(text);
    }

    private static long number(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    private static void expect(boolean met) throws IOException {
        if (!met) {
            throw new IOException("not a page of statistics");
        }
    }
}
