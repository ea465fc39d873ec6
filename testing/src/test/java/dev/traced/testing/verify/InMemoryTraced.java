package dev.traced.testing.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The contract in memory, correct or with faults. Written apart from the oracle, on raw JSON, so that a mistake in one is
 * not repeated in the other. One lock around everything.
 */
public class InMemoryTraced implements AutoCloseable {

    static {
        // Without it every answer waits 40 ms for a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final Visibility visibility;
    private final NanoClock clock;
    private final Map<String, Stored> traces = new TreeMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    @SuppressWarnings("this-escape") // the server knows its handlers before it listens
    public InMemoryTraced() {
        this(Visibility.DEFAULT, Clock.fixed(TestSpans.NOW, ZoneOffset.UTC));
    }

    InMemoryTraced(Fault fault) {
        this();
        faults.add(fault);
    }

    @SuppressWarnings("this-escape") // as above
    InMemoryTraced(Visibility visibility, Clock clock) {
        this.visibility = visibility;
        this.clock = new NanoClock(clock);
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/spans")) {
                post(exchange, body);
            } else if (path.equals("/traces")) {
                get(exchange, list(parameters(exchange)));
            } else if (path.startsWith("/traces/")) {
                get(exchange, detail(path.substring(8).toLowerCase(Locale.ROOT)));
            } else {
                answer(exchange, 200, "{\"status\":\"ok\"}");
            }
        }
    }

    /** Where tests make posts fail. */
    void post(HttpExchange exchange, byte[] body) throws IOException {
        store(body);
        answer(exchange, 202, "{\"status\":\"ok\"}");
    }

    /** Where tests make reads fail. */
    void get(HttpExchange exchange, JsonNode found) throws IOException {
        boolean isMissing = found.isMissingNode();
        int missing = has(Fault.NOT_A_404) ? 200 : 404;
        answer(exchange, isMissing ? missing : 200, isMissing ? "{\"error\":\"unknown\"}" : found.toString());
    }

    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    final synchronized void store(byte[] body) throws IOException {
        JsonNode batch = JSON.readTree(body).path("spans");
        for (JsonNode span : batch) {
            int hash = span.path("span_id").textValue().toLowerCase(Locale.ROOT).hashCode();
            boolean isDropped = has(Fault.DROPS_A_SPAN) && hash % 100 == 0;
            isDropped |= has(Fault.DROPS_A_SPAN_OF_LARGE_BATCHES) && batch.size() > 40 && hash % 20 == 0;
            if (!isDropped && span.path("start_time").longValue() >= visibility.oldestAccepted(clock.nanos())) {
                store(canonical((ObjectNode) span));
            }
        }
    }

    private void store(ObjectNode span) {
        Stored trace = traces.computeIfAbsent(lower(span, "trace_id"), id -> new Stored());
        trace.arrivals++;
        trace.row = null;
        trace.hadError |= isError(span);
        if (has(Fault.KEEPS_THE_FIRST_VERSION)) {
            trace.spans.putIfAbsent(lower(span, "span_id"), span);
        } else {
            trace.spans.put(lower(span, "span_id"), span);
        }
    }

    private ObjectNode canonical(ObjectNode span) {
        span.retain(
                "trace_id",
                "span_id",
                "parent_span_id",
                "service",
                "operation",
                "start_time",
                "end_time",
                "status",
                "tags");
        if (span.path("parent_span_id").isNull()) {
            span.remove("parent_span_id");
        }
        if (!has(Fault.ANSWERS_IDS_AS_SENT)) {
            for (String field : List.of("trace_id", "span_id", "parent_span_id")) {
                if (span.has(field)) {
                    span.put(field, lower(span, field));
                }
            }
        }
        if (has(Fault.ANSWERS_NULL_PARENTS) && !span.has("parent_span_id")) {
            span.putNull("parent_span_id");
        }
        if (has(Fault.EMPTY_TAGS_BECOME_ABSENT) && span.path("tags").isEmpty()) {
            span.remove("tags");
        }
        if (has(Fault.ABSENT_TAGS_BECOME_EMPTY) && !span.has("tags")) {
            span.putObject("tags");
        }
        if (has(Fault.TIMES_WENT_THROUGH_A_DOUBLE)) {
            span.put("end_time", (long) span.path("end_time").doubleValue());
        }
        return span;
    }

    private synchronized JsonNode list(Map<String, String> parameters) {
        int limit = Integer.parseInt(parameters.getOrDefault("limit", "20"));
        long after = Long.parseLong(parameters.getOrDefault("after", "0")) + (has(Fault.AFTER_IS_EXCLUSIVE) ? 1 : 0);
        long before = Long.parseLong(parameters.getOrDefault("before", String.valueOf(Long.MAX_VALUE)))
                + (has(Fault.BEFORE_IS_INCLUSIVE) && parameters.containsKey("before") ? 1 : 0);
        List<ObjectNode> rows = new ArrayList<>();
        traces.forEach((traceId, trace) -> {
            trace.row = trace.row == null ? row(traceId, trace) : trace.row;
            ObjectNode row = trace.row;
            long start = row.path("start_time").longValue();
            if (row.has("trace_id")
                    && start >= after
                    && start < before
                    && start >= visibility.oldestVisible(clock.nanos())) {
                rows.add(row);
            }
        });
        Comparator<ObjectNode> byId =
                Comparator.comparing(row -> row.path("trace_id").textValue());
        rows.sort(Comparator.<ObjectNode>comparingLong(
                        row -> -row.path("start_time").longValue())
                .thenComparing(has(Fault.ORDERS_LIST_TIES_WRONGLY) ? byId.reversed() : byId));
        List<ObjectNode> page = rows.subList(0, Math.min(limit, rows.size()));
        ObjectNode answer = JSON.createObjectNode();
        answer.putArray("traces").addAll(page);
        int total = has(Fault.TOTAL_IS_LIMITED) ? page.size() : rows.size();
        return answer.put("total", has(Fault.TOTAL_IS_OFF_BY_ONE) && total > 1 ? total - 1 : total);
    }

    private ObjectNode row(String traceId, Stored trace) {
        ObjectNode row = JSON.createObjectNode();
        JsonNode root = root(trace);
        if (root.isMissingNode()) {
            return row;
        }
        long nanos = root.path("end_time").longValue() - root.path("start_time").longValue();
        boolean isError = trace.spans.values().stream().anyMatch(InMemoryTraced::isError);
        isError |= has(Fault.KEEPS_THE_OLD_ERROR) && trace.hadError;
        return row.put("trace_id", traceId)
                .put("root_service", root.path("service").textValue())
                .put("root_operation", root.path("operation").textValue())
                .put("start_time", root.path("start_time").longValue())
                .put("duration_ms", has(Fault.ROUNDS_THE_DURATION) ? Math.round(nanos / 1e6) : nanos / 1_000_000)
                .put("span_count", has(Fault.COUNTS_DUPLICATES_TWICE) ? trace.arrivals : trace.spans.size())
                .put("status", (has(Fault.STATUS_IS_THE_ROOTS) ? isError(root) : isError) ? "error" : "ok");
    }

    private JsonNode root(Stored trace) {
        JsonNode found = JSON.missingNode();
        for (JsonNode span : trace.spans.values()) {
            boolean isRoot = !span.hasNonNull("parent_span_id") || has(Fault.LISTS_WITHOUT_A_ROOT);
            long start = span.path("start_time").longValue();
            // Spans come by id: of two with the same start the first stays.
            boolean isBetter =
                    found.isMissingNode() || start < found.path("start_time").longValue();
            if (isRoot && (isBetter || has(Fault.TAKES_THE_LATEST_ROOT))) {
                found = span;
            }
        }
        return found;
    }

    private synchronized JsonNode detail(String traceId) {
        Stored trace = traces.get(traceId);
        if (trace == null || visibleBy(trace) < visibility.oldestVisible(clock.nanos())) {
            return JSON.missingNode();
        }
        List<ObjectNode> spans = new ArrayList<>(trace.spans.values());
        if (has(Fault.ORDERS_DETAIL_TIES_WRONGLY)) {
            Collections.reverse(spans);
        }
        spans.sort(Comparator.comparingLong(span -> span.path("start_time").longValue()));
        ObjectNode answer = JSON.createObjectNode().put("trace_id", traceId);
        ArrayNode array = answer.putArray("spans");
        spans.forEach(array::add);
        return answer;
    }

    private long visibleBy(Stored trace) {
        JsonNode root = root(trace);
        return root.isMissingNode()
                ? trace.spans.values().stream()
                        .mapToLong(span -> span.path("start_time").longValue())
                        .max()
                        .orElseThrow()
                : root.path("start_time").longValue();
    }

    private boolean has(Fault fault) {
        return faults.contains(fault);
    }

    private static boolean isError(JsonNode span) {
        return span.path("status").textValue().equals("error");
    }

    private static String lower(JsonNode node, String field) {
        return node.path(field).textValue().toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> parameters(HttpExchange exchange) {
        Map<String, String> parameters = new TreeMap<>();
        String query = exchange.getRequestURI().getQuery();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            parameters.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return parameters;
    }

    private static final class Stored {
        final TreeMap<String, ObjectNode> spans = new TreeMap<>();
        // Computed when first listed after a change.
        ObjectNode row;
        int arrivals;
        boolean hadError;
    }
}
