package dev.traced.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.Quoted;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one span after the other from a JSON parser and holds each to the contract. Absent and {@code null} are the same
 * for the optional {@code parent_span_id} and {@code tags}. Not for use by two threads.
 */
final class SpanReader {
    private static final int MAX_NAME_CHARS = 256;
    private static final int MAX_TAG_CHARS = 1_024;
    private static final int MAX_TAGS = 50;
    private static final String[] REQUIRED = {
        "trace_id", "span_id", "service", "operation", "start_time", "end_time", "status"
    };
    private static final int TRACE_ID = 1;
    private static final int SPAN_ID = 1 << 1;
    private static final int SERVICE = 1 << 2;
    private static final int OPERATION = 1 << 3;
    private static final int START_TIME = 1 << 4;
    private static final int END_TIME = 1 << 5;
    private static final int STATUS = 1 << 6;
    private static final int PARENT = 1 << 7;
    private static final int TAGS = 1 << 8;
    private static final int ALL_REQUIRED = (1 << REQUIRED.length) - 1;

    private final UuidChars uuid = new UuidChars();
    private final Texts texts = new Texts();
    private final UnknownNames unknown = new UnknownNames();

    /** Of the span that is being read. */
    private int index;

    private int seen;
    private boolean isInTags;

    /** Reads the span whose opening brace the parser is at. */
    Span read(JsonParser json, int index) throws IOException {
        this.index = index;
        seen = 0;
        isInTags = false;
        unknown.clear();
        TraceId traceId = null;
        SpanId spanId = null;
        SpanId parent = null;
        String service = null;
        String operation = null;
        long start = 0;
        long end = 0;
        SpanStatus status = null;
        Map<String, String> tags = null;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken token = json.nextToken();
            switch (name) {
                case "trace_id" -> {
                    readUuid(json, token, name, TRACE_ID);
                    traceId = new TraceId(uuid.high(), uuid.low());
                }
                case "span_id" -> {
                    readUuid(json, token, name, SPAN_ID);
                    spanId = new SpanId(uuid.high(), uuid.low());
                }
                case "parent_span_id" -> parent = readParent(json, token, name);
                case "service" -> service = readName(json, token, name, SERVICE);
                case "operation" -> operation = readName(json, token, name, OPERATION);
                case "start_time" -> start = readTime(json, token, name, START_TIME);
                case "end_time" -> end = readTime(json, token, name, END_TIME);
                case "status" -> status = readStatus(json, token, name);
                case "tags" -> tags = readTags(json, token, name);
                default -> {
                    if (!unknown.add(name)) {
                        throw twice(name);
                    }
                    if (unknown.isFull()) {
                        throw new InvalidBatchException("spans[" + index + "] " + UnknownNames.TOO_MANY);
                    }
                    json.skipChildren();
                }
            }
        }
        // The bits tell of the times, which have no null; the nulls tell the compiler.
        if ((seen & ALL_REQUIRED) != ALL_REQUIRED
                || traceId == null
                || spanId == null
                || service == null
                || operation == null
                || status == null) {
            throw missing();
        }
        if (end < start) {
            throw invalid("end_time", "must not be before start_time, was " + end + ", start_time " + start);
        }
        return new Span(traceId, spanId, parent, service, operation, start, end, status, tags);
    }

    private void readUuid(JsonParser json, JsonToken token, String name, int field) throws IOException {
        once(name, field);
        if (token != JsonToken.VALUE_STRING
                || !uuid.parse(chars(json, name), json.getTextOffset(), json.getTextLength())) {
            throw invalid(name, "must be a UUID, was " + JsonValues.describe(json, token));
        }
    }

    private @Nullable SpanId readParent(JsonParser json, JsonToken token, String name) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            once(name, PARENT);
            return null;
        }
        readUuid(json, token, name, PARENT);
        return new SpanId(uuid.high(), uuid.low());
    }

    private String readName(JsonParser json, JsonToken token, String name, int field) throws IOException {
        once(name, field);
        return readText(json, token, name, MAX_NAME_CHARS);
    }

    private long readTime(JsonParser json, JsonToken token, String name, int field) throws IOException {
        once(name, field);
        Long time = JsonIntegers.read(json, token);
        if (time == null) {
            throw invalid(name, "must be an integer of 64 bits, was " + JsonValues.describe(json, token));
        }
        return time;
    }

    private SpanStatus readStatus(JsonParser json, JsonToken token, String name) throws IOException {
        once(name, STATUS);
        if (token == JsonToken.VALUE_STRING) {
            char[] chars = chars(json, name);
            String text = texts.of(chars, json.getTextOffset(), json.getTextLength());
            if (text.equals(SpanStatus.OK.text())) {
                return SpanStatus.OK;
            } else if (text.equals(SpanStatus.ERROR.text())) {
                return SpanStatus.ERROR;
            }
        }
        throw invalid(name, "must be ok or error, was " + JsonValues.describe(json, token));
    }

    private @Nullable Map<String, String> readTags(JsonParser json, JsonToken token, String name) throws IOException {
        once(name, TAGS);
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.START_OBJECT) {
            throw invalid(name, "must be an object, was " + JsonValues.describe(json, token));
        }
        Map<String, String> tags = new LinkedHashMap<>(8);
        isInTags = true;
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            if (tags.put(key, readText(json, json.nextToken(), key, MAX_TAG_CHARS)) != null) {
                throw twice(key);
            }
            if (tags.size() > MAX_TAGS) {
                isInTags = false;
                throw invalid(name, "must have at most " + MAX_TAGS + " entries");
            }
        }
        isInTags = false;
        return tags;
    }

    private String readText(JsonParser json, JsonToken token, String name, int maxCodePoints) throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            throw invalid(name, "must be a string, was " + JsonValues.describe(json, token));
        }
        char[] chars = chars(json, name);
        int from = json.getTextOffset();
        int length = json.getTextLength();
        String text = texts.of(chars, from, length);
        int codePoints = texts.hadSurrogates() ? Texts.codePoints(chars, from, length) : length;
        if (codePoints < 0) {
            throw invalid(name, "must not hold a lone surrogate, was " + JsonValues.describe(json, token));
        }
        if (codePoints > maxCodePoints) {
            throw invalid(name, "must be at most " + maxCodePoints + " characters, had " + codePoints);
        }
        return text;
    }

    /** The characters of the current string; Jackson stops decoding one that is far longer than any may be. */
    private char[] chars(JsonParser json, String name) throws IOException {
        try {
            return json.getTextCharacters();
        } catch (StreamConstraintsException e) {
            throw invalid(name, "is too long, had more than " + SpanBatchReader.MAX_STRING_CHARS + " characters");
        }
    }

    private void once(String name, int field) {
        if ((seen & field) != 0) {
            throw twice(name);
        }
        seen |= field;
    }

    private InvalidBatchException twice(String name) {
        return invalid(name, "must not appear twice");
    }

    private InvalidBatchException missing() {
        int first = Integer.numberOfTrailingZeros(~seen);
        return invalid(REQUIRED[first], "is required");
    }

    private InvalidBatchException invalid(String name, String problem) {
        String field = isInTags ? "tags[" + Quoted.text(name) + "]" : Quoted.bare(name);
        return new InvalidBatchException("spans[" + index + "]." + field + " " + problem);
    }
}
