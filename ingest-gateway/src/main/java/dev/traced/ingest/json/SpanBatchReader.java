package dev.traced.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.Quoted;
import dev.traced.model.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code {"spans": [...]}} token by token, without a tree. The first thing that is not as the contract says ends
 * it: a batch is taken whole or not at all. Not for use by two threads.
 */
public final class SpanBatchReader {
    /** Far more than any text of a span may have, and far less than a body. */
    static final int MAX_STRING_CHARS = 16 * 1024;

    private static final int MAX_SPANS = 500;
    private static final int MAX_DEPTH = 100;
    private static final String SPANS = "spans";

    // Names are not interned in the JVM's own table: hostile names would stay there until a full collection.
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING_CHARS)
                    .maxNumberLength(MAX_STRING_CHARS)
                    .build())
            .build();

    private final SpanReader spanReader = new SpanReader();
    private final UnknownNames unknown = new UnknownNames();

    /**
     * The spans of the first {@code length} bytes.
     *
     * @throws InvalidBatchException that names the span, the field and the value
     */
    public List<Span> read(byte[] body, int length) {
        int from = startOfJson(body, length);
        try (JsonParser json = JSON.createParser(body, from, length - from)) {
            return readWhole(json);
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be read", e);
        }
    }

    /** Says in our words what Jackson says in its own, which tell of its settings and not of the contract. */
    private List<Span> readWhole(JsonParser json) throws IOException {
        try {
            return readBatch(json);
        } catch (StreamConstraintsException e) {
            boolean isTooDeep = e.getOriginalMessage().startsWith("Document nesting depth");
            throw new InvalidBatchException((isTooDeep
                            ? "the body is nested deeper than " + MAX_DEPTH + " levels"
                            : "the body has a name, text or number that is too long")
                    + place(json));
        } catch (JsonProcessingException e) {
            throw new InvalidBatchException("the body is not valid JSON" + place(json));
        }
    }

    /** Jackson guesses the encoding and is lax about UTF-8; the contract is neither. */
    private static int startOfJson(byte[] body, int length) {
        int invalid = Utf8.firstInvalid(body, length);
        if (invalid >= 0) {
            throw new InvalidBatchException("the body must be UTF-8, is not at byte " + invalid);
        }
        for (int i = 0; i < Math.min(4, length); i++) {
            if (body[i] == 0) {
                throw new InvalidBatchException("the body must be UTF-8, looks like UTF-16 or UTF-32");
            }
        }
        boolean hasMark = length >= 3 && body[0] == (byte) 0xef && body[1] == (byte) 0xbb && body[2] == (byte) 0xbf;
        return hasMark ? 3 : 0;
    }

    private List<Span> readBatch(JsonParser json) throws IOException {
        JsonToken first = json.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw new InvalidBatchException("the body must be a JSON object, was " + JsonValues.describe(json, first));
        }
        unknown.clear();
        List<Span> spans = null;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (name.equals(SPANS) && spans == null) {
                spans = readSpans(json, value);
            } else if (name.equals(SPANS) || !unknown.add(name)) {
                throw new InvalidBatchException(Quoted.bare(name) + " must not appear twice");
            } else if (unknown.isFull()) {
                throw new InvalidBatchException("the body " + UnknownNames.TOO_MANY);
            } else {
                json.skipChildren();
            }
        }
        if (spans == null) {
            throw new InvalidBatchException("spans is required");
        }
        if (json.nextToken() != null) {
            throw new InvalidBatchException("the body must end after the JSON object");
        }
        return spans;
    }

    private List<Span> readSpans(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            throw new InvalidBatchException("spans must be an array, was " + JsonValues.describe(json, value));
        }
        List<Span> spans = new ArrayList<>(128);
        int count = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (count >= MAX_SPANS) {
                json.skipChildren();
            } else if (token != JsonToken.START_OBJECT) {
                throw new InvalidBatchException(
                        "spans[" + count + "] must be an object, was " + JsonValues.describe(json, token));
            } else {
                spans.add(spanReader.read(json, count));
            }
            count++;
        }
        if (count == 0 || count > MAX_SPANS) {
            throw new InvalidBatchException("spans must hold 1.." + MAX_SPANS + " spans, had " + count);
        }
        return spans;
    }

    private static String place(JsonParser json) {
        JsonLocation at = json.currentLocation();
        return ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
