package dev.traced.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.traced.model.DurationHistogram;
import dev.traced.model.OverviewQuery;
import dev.traced.model.TimeSteps;
import dev.traced.model.TraceOverview;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * An overview between an assembler and a query service: {@code {"after":N,"before":N,"step":N,"lines":[[bucket, count, ...],
 * ...]}}, times in Unix nanoseconds; of each step the durations of the traces without an error, then of those with one, and
 * in the end of what starts later.
 */
public final class TraceOverviewJson {
    private static final JsonFactory JSON = new JsonFactory();

    private TraceOverviewJson() {}

    public static void write(TraceOverview overview, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("after", overview.times().afterNanos());
            json.writeNumberField("before", overview.times().beforeNanos());
            json.writeNumberField("step", overview.times().stepNanos());
            json.writeArrayFieldStart("lines");
            for (TraceOverview.Line line : overview.lines()) {
                write(line.ok(), json);
                write(line.errors(), json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(DurationHistogram durations, JsonGenerator json) throws IOException {
        json.writeStartArray();
        durations.forEach((bucket, count) -> {
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
    public static TraceOverview read(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            expect(json.nextToken() == JsonToken.START_OBJECT && "after".equals(json.nextFieldName()));
            long after = number(json);
            expect("before".equals(json.nextFieldName()));
            long before = number(json);
            expect("step".equals(json.nextFieldName()));
            long step = number(json);
            expect(step > 0 && after >= 0 && before >= after);
            expect((before - after) / step <= OverviewQuery.MAX_STEPS); // or there would be no end of lines
            expect("lines".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
            TraceOverview overview = new TraceOverview(new TimeSteps(after, before, step));
            for (TraceOverview.Line line : overview.lines()) {
                read(json, line.ok());
                read(json, line.errors());
            }
            expect(json.nextToken() == JsonToken.END_ARRAY && json.nextToken() == JsonToken.END_OBJECT);
            return overview;
        }
    }

    private static void read(JsonParser json, DurationHistogram durations) throws IOException {
        expect(json.nextToken() == JsonToken.START_ARRAY);
        while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            int bucket = json.getIntValue();
            expect(bucket >= 0 && bucket < DurationHistogram.BUCKETS);
            durations.addToBucket(bucket, number(json));
        }
        expect(json.currentToken() == JsonToken.END_ARRAY);
    }

    private static long number(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    private static void expect(boolean met) throws IOException {
        if (!met) {
            throw new IOException("not an overview of traces");
        }
    }
}
