package dev.traced.testing.verify.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the server's answers. Stricter than a usual client: a missing field, a wrong type or a doubled key is a fault of the server. */
final class AnswerJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private AnswerJson() {}

    /** An answer that is not what the contract says. */
    static final class MalformedException extends Exception {
        MalformedException(String message) {
            super(message);
        }
    }

    static JsonNode parse(byte[] body) throws MalformedException {
        try {
            JsonNode tree = JSON.readTree(body);
            if (!tree.isObject()) {
                throw new MalformedException("not a JSON object");
            }
            return tree;
        } catch (IOException e) {
            throw new MalformedException("not JSON: " + e.getMessage());
        }
    }

    /** The text of {@code {"error": ..}}. */
    static String error(byte[] body) {
        try {
            return text(parse(body), "error");
        } catch (MalformedException e) {
            return "without the contract's error body (" + e.getMessage() + ")";
        }
    }

    static String status(JsonNode answer) throws MalformedException {
        return text(answer, "status");
    }

    /** Of a list that says it is not whole; of a trace the field speaks of the trace. */
    static boolean isIncomplete(JsonNode answer) {
        return answer.has("traces")
                && answer.path("complete").isBoolean()
                && !answer.path("complete").booleanValue();
    }

    static ListedTraces list(JsonNode answer) throws MalformedException {
        List<ListedTrace> traces = new ArrayList<>();
        for (JsonNode row : array(answer, "traces")) {
            traces.add(new ListedTrace(
                    text(row, "trace_id"),
                    text(row, "root_service"),
                    text(row, "root_operation"),
                    integer(row, "start_time"),
                    integer(row, "duration_ms"),
                    integer(row, "span_count"),
                    text(row, "status")));
        }
        return new ListedTraces(traces, integer(answer, "total"));
    }

    static List<WireSpan> spans(JsonNode answer, String traceId) throws MalformedException {
        String answered = text(answer, "trace_id");
        if (!answered.equals(traceId)) {
            throw new MalformedException("trace_id must be " + traceId + ", was " + answered);
        }
        List<WireSpan> spans = new ArrayList<>();
        for (JsonNode span : array(answer, "spans")) {
            spans.add(span(span));
        }
        return spans;
    }

    static WireSpan span(JsonNode span) throws MalformedException {
        return new WireSpan(
                id(span, "trace_id"),
                id(span, "span_id"),
                span.has("parent_span_id") ? id(span, "parent_span_id") : null,
                text(span, "service"),
                text(span, "operation"),
                integer(span, "start_time"),
                integer(span, "end_time"),
                text(span, "status"),
                tags(span));
    }

    private static @Nullable Map<String, String> tags(JsonNode span) throws MalformedException {
        JsonNode tags = span.get("tags");
        if (tags == null) {
            return null;
        }
        if (!tags.isObject()) {
            throw new MalformedException("tags must be absent or an object, was " + tags);
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> tag : tags.properties()) {
            values.put(tag.getKey(), text(tags, tag.getKey()));
        }
        return values;
    }

    /** WireSpan folds the case of ids, so that an answer in upper case has to be caught here. */
    private static String id(JsonNode node, String field) throws MalformedException {
        String id = text(node, field);
        if (id.chars().anyMatch(Character::isUpperCase)) {
            throw new MalformedException(field + " must be in lower case, was " + id);
        }
        return id;
    }

    private static JsonNode array(JsonNode node, String field) throws MalformedException {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw new MalformedException(field + " must be an array, was " + shown(value));
        }
        return value;
    }

    private static String text(JsonNode node, String field) throws MalformedException {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw new MalformedException(field + " must be a string, was " + shown(value));
        }
        return value.textValue();
    }

    private static long integer(JsonNode node, String field) throws MalformedException {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new MalformedException(field + " must be an integer, was " + shown(value));
        }
        return value.longValue();
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "absent" : value.toString();
    }
}
