package dev.traced.ingest.json;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** Bodies of POST /spans. Every span is valid; a test says only what differs, as JSON. */
public final class Batches {
    public static final String TRACE_ID = "0af76519-16cd-43dd-8448-eb211c80319c";
    public static final String OTHER_TRACE_ID = "ffffffff-0000-4000-8000-000000000001";
    public static final String SPAN_ID = "b7ad6b71-6920-4331-9001-000000000001";
    public static final String PARENT_ID = "b7ad6b71-6920-4331-9001-000000000002";

    private Batches() {}

    /** A body that holds the given spans. */
    public static String batch(String... spans) {
        return "{\"spans\":[" + String.join(",", spans) + "]}";
    }

    /** A body of {@code count} equal spans. */
    public static String batchOf(int count) {
        StringJoiner spans = new StringJoiner(",", "{\"spans\":[", "]}");
        for (int i = 0; i < count; i++) {
            spans.add(span());
        }
        return spans.toString();
    }

    /** A root span; {@code differing} are names and their JSON values, a null value leaves the name out. */
    public static String span(String... differing) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("trace_id", '"' + TRACE_ID + '"');
        fields.put("span_id", '"' + SPAN_ID + '"');
        fields.put("service", "\"checkout\"");
        fields.put("operation", "\"pay\"");
        fields.put("start_time", "1767225600000000001");
        fields.put("end_time", "1767225600005000002");
        fields.put("status", "\"ok\"");
        for (int i = 0; i < differing.length; i += 2) {
            fields.put(differing[i], differing[i + 1]);
        }
        StringJoiner json = new StringJoiner(",", "{", "}");
        fields.forEach((name, value) -> {
            if (value != null) {
                json.add('"' + name + "\":" + value);
            }
        });
        return json.toString();
    }

    /** An object of {@code count} tags. */
    public static String tags(int count) {
        StringJoiner tags = new StringJoiner(",", "{", "}");
        for (int i = 0; i < count; i++) {
            tags.add("\"k" + i + "\":\"v\"");
        }
        return tags.toString();
    }

    public static String quoted(String text) {
        return '"' + text + '"';
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
