package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions about services are answered as a recomputation from all spans that were sent would, after kills too. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class ServiceQuestionsTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @TempDir
    Path data;

    private int port;

    @Test
    void answers_equalTheRecomputedOnes_afterKills() throws Exception {
        Workload workload = Workload.generate(
                FullLength.seed(),
                Instant.now(),
                WorkloadShape.DEFAULT.withTraces(400).withLargestBatch(20));
        String[] more = {"--trace-idle-seconds", "1"};
        TracedProcess up = TracedProcess.up(data, more);
        port = up.port();
        TracedClient client = new TracedClient(URI.create("http://127.0.0.1:" + port));
        Verifier verifier =
                new Verifier(client, VerifierSettings.DEFAULT.withWriters(8).withReaders(2));
        try {
            CompletableFuture<Report> writing = verifier.writeInBackground(workload);
            for (int kills = 1; kills <= 2; kills++) {
                long spans = kills * workload.spanCount() / 3;
                await().atMost(Duration.ofMinutes(2)).until(() -> verifier.acknowledgedSpans() >= spans);
                up.kill();
                up = TracedProcess.up(data, port, more).awaitReady();
            }
            writing.get(3, TimeUnit.MINUTES).assertClean();
            verifier.check().assertClean();
            List<Trace> traces = traces(client, workload);
            awaitClosed(up);
            check(traces, workload);

            up.kill(); // with everything closed: all of it is counted anew
            up = TracedProcess.up(data, port, more).awaitReady();
            awaitClosed(up);
            check(traces, workload);
        } finally {
            up.close();
        }
    }

    private static void awaitClosed(TracedProcess up) {
        await().atMost(Duration.ofSeconds(60)).until(() -> up.metric("traced_traces_open") == 0);
    }

    private void check(List<Trace> traces, Workload workload) throws Exception {
        long middle = traces.get(traces.size() / 2).start;
        for (String range : List.of("", "after=" + middle, "before=" + middle, "after=0&before=" + (middle + 1))) {
            String all = "?" + range;
            JsonNode services = get("/services" + all);
            List<Trace> asked = within(traces, services);
            assertThat(lines(services.get("services"), "service"))
                    .as(workload + range)
                    .isEqualTo(expected(asked, WireSpan::service));
            assertThat(lines(get("/dependencies" + all).get("dependencies"), "caller", "callee"))
                    .as(workload + range)
                    .isEqualTo(expectedCalls(asked));
            String service = services.get("services").get(0).get("service").textValue();
            String operation = checkOperations(service, all, asked, workload);
            checkStats(null, null, all, asked, workload);
            checkStats(service, null, all, asked, workload);
            checkStats(service, operation, all, asked, workload);
            checkStats(null, operation, all, asked, workload);
            checkOverview(range, traces, workload);
        }
        checkComparison(middle, traces, workload);
        assertThat(get("/services/nobody/operations").get("operations")).isEmpty();
    }

    private String checkOperations(String service, String range, List<Trace> asked, Workload workload)
            throws Exception {
        JsonNode operations = get("/services/" + encoded(service) + "/operations" + range);
        List<Trace> ofService = only(asked, service, null);
        assertThat(lines(operations.get("operations"), "operation"))
                .as(workload + range + service)
                .isEqualTo(expected(ofService, WireSpan::operation));
        return operations.get("operations").get(0).get("operation").textValue();
    }

    private void checkStats(
            @Nullable String service, @Nullable String operation, String range, List<Trace> asked, Workload workload)
            throws Exception {
        String path = "/stats" + range + (service == null ? "" : "&service=" + encoded(service))
                + (operation == null ? "" : "&operation=" + encoded(operation));
        List<Trace> matching = only(asked, service, operation);
        JsonNode stats = get(path);
        assertThat(line(stats)).as(workload + path).isEqualTo(Line.of(matching.size(), spans(matching)));
        for (JsonNode minute : stats.get("series")) {
            long start = minute.get("start_time").longValue();
            List<Trace> ofMinute = matching.stream()
                    .filter(trace -> trace.start >= start && trace.start < start + MINUTE)
                    .toList();
            assertThat(line(minute)).as(workload + path + start).isEqualTo(Line.of(ofMinute.size(), spans(ofMinute)));
        }
        assertThat(stats.get("series").size()).isGreaterThanOrEqualTo(5);
        assertSeriesIsWhole(stats, matching, workload + path);
    }

    /** Minute by minute from the first on; what is beyond its last is dated more than an hour ahead. */
    private static void assertSeriesIsWhole(JsonNode stats, List<Trace> matching, String of) {
        JsonNode series = stats.get("series");
        long first = Math.floorDiv(stats.get("after").longValue(), MINUTE) * MINUTE;
        long end = first + series.size() * MINUTE;
        for (int i = 0; i < series.size(); i++) {
            assertThat(series.get(i).get("start_time").longValue()).as(of).isEqualTo(first + i * MINUTE);
        }
        assertThat(matching)
                .as(of)
                .allMatch(trace -> trace.start >= first)
                .allMatch(trace -> trace.start < end || trace.start > WallClock.nowNanos() + 59 * MINUTE);
    }

    /** The same traces as those of the list, each in its step. */
    private void checkOverview(String range, List<Trace> traces, Workload workload) throws Exception {
        JsonNode overview = get("/traces/overview?steps=30&" + range);
        List<Trace> listed = traces.stream().filter(Trace::hasRoot).toList();
        long step = overview.get("step_ns").longValue();
        long end = overview.get("before").longValue();
        assertThat(overview.get("steps").size()).as(workload + range).isBetween(1, 30);
        for (JsonNode one : overview.get("steps")) {
            long from =
                    Math.max(one.get("time").longValue(), overview.get("after").longValue());
            long to = Math.min(one.get("time").longValue() + step, end);
            List<Trace> ofStep = listed.stream()
                    .filter(trace -> trace.start >= from && trace.start < to)
                    .toList();
            assertThat(one.get("traces").longValue())
                    .as(workload + range + from)
                    .isEqualTo(ofStep.size());
            assertThat(one.get("errors").longValue())
                    .as(workload + range + from)
                    .isEqualTo(ofStep.stream().filter(Trace::fails).count());
        }
        assertThat(overview.get("later").longValue())
                .as(workload + range)
                .isEqualTo(
                        range.contains("before")
                                ? 0
                                : listed.stream()
                                        .filter(trace -> trace.start >= end)
                                        .count());
    }

    /** Of so few traces all are looked into: whatever is said of names and attributes can be counted again. */
    private void checkComparison(long after, List<Trace> traces, Workload workload) throws Exception {
        JsonNode answer = get("/compare?selected_status=error&after=" + after);
        List<Trace> listed = traces.stream()
                .filter(trace -> trace.hasRoot() && trace.start >= after)
                .toList();
        List<Trace> selected = listed.stream().filter(Trace::fails).toList();
        List<Trace> rest = listed.stream().filter(trace -> !trace.fails()).toList();
        for (Map.Entry<String, List<Trace>> side :
                Map.of("selected", selected, "rest", rest).entrySet()) {
            JsonNode counted = answer.get(side.getKey());
            assertThat(counted.get("total").intValue())
                    .as(workload.toString())
                    .isEqualTo(side.getValue().size());
            assertThat(counted.get("sampled")).isEqualTo(counted.get("total"));
            for (JsonNode row : answer.get("differences")) {
                assertThat(row.get(side.getKey()).get("traces").longValue())
                        .as(workload + row.toString())
                        .isEqualTo(side.getValue().stream()
                                .filter(trace -> trace.spans.values().stream().anyMatch(span -> has(span, row)))
                                .count());
            }
        }
        assertThat(answer.get("differences").get(0).get("scope").textValue()).isEqualTo("status");
        assertThat(answer.get("differences").get(0).get("difference").intValue())
                .isOne();
    }

    private static boolean has(WireSpan span, JsonNode row) {
        String key = row.get("key").textValue();
        String value = row.get("value").textValue();
        JsonNode service = row.get("service");
        return switch (row.get("scope").textValue()) {
            case "service" -> span.service().equals(value);
            case "operation" -> span.service().equals(key) && span.operation().equals(value);
            case "status" -> isOf(span, service) && span.isError() == value.equals("error");
            default ->
                isOf(span, service)
                        && value.equals(span.tags() == null ? null : span.tags().get(key));
        };
    }

    private static boolean isOf(WireSpan span, JsonNode service) {
        return service.isNull() || service.textValue().equals(span.service());
    }

    private record Trace(Map<String, WireSpan> spans, long start) {
        boolean hasRoot() {
            return spans.values().stream().anyMatch(WireSpan::isRoot);
        }

        boolean fails() {
            return spans.values().stream().anyMatch(WireSpan::isError);
        }
    }

    /** As details show them, which the verifier has compared with what was sent: of two versions the one that came later. */
    private static List<Trace> traces(TracedClient client, Workload workload) {
        Set<String> ids = workload.spans().stream().map(WireSpan::traceId).collect(Collectors.toSet());
        List<Trace> traces = new ArrayList<>();
        for (String id : ids) {
            Map<String, WireSpan> spans =
                    client.get(id).orThrow().stream().collect(Collectors.toMap(WireSpan::spanId, span -> span));
            long start = spans.values().stream()
                    .filter(WireSpan::isRoot)
                    .mapToLong(WireSpan::startTimeNanos)
                    .min()
                    .orElseGet(() -> spans.values().stream()
                            .mapToLong(WireSpan::startTimeNanos)
                            .max()
                            .orElseThrow());
            traces.add(new Trace(spans, start));
        }
        traces.sort(Comparator.comparingLong(Trace::start));
        return traces;
    }

    /** Those that an answer says it is for. */
    private static List<Trace> within(List<Trace> traces, JsonNode answer) {
        long after = answer.get("after").longValue();
        JsonNode before = answer.get("before");
        return traces.stream()
                .filter(trace -> trace.start >= after && (before.isNull() || trace.start < before.longValue()))
                .toList();
    }

    private static List<Trace> only(List<Trace> traces, @Nullable String service, @Nullable String operation) {
        List<Trace> matching = new ArrayList<>();
        for (Trace trace : traces) {
            Map<String, WireSpan> spans = new HashMap<>(trace.spans);
            spans.values()
                    .removeIf(span -> (service != null && !span.service().equals(service))
                            || (operation != null && !span.operation().equals(operation)));
            if (!spans.isEmpty()) {
                matching.add(new Trace(spans, trace.start));
            }
        }
        return matching;
    }

    private static List<WireSpan> spans(Collection<Trace> traces) {
        return traces.stream().flatMap(trace -> trace.spans.values().stream()).toList();
    }

    private static Map<String, Line> expected(List<Trace> traces, Function<WireSpan, String> name) {
        Map<String, Integer> of = new HashMap<>();
        Map<String, List<WireSpan>> spans = spans(traces).stream().collect(Collectors.groupingBy(name));
        for (Trace trace : traces) {
            Set<String> names = trace.spans.values().stream().map(name).collect(Collectors.toSet());
            names.forEach(one -> of.merge(one, 1, Integer::sum));
        }
        Map<String, Line> lines = new TreeMap<>();
        spans.forEach((key, found) -> lines.put(key, Line.of(of.get(key), found)));
        return lines;
    }

    private static Map<String, Line> expectedCalls(List<Trace> traces) {
        Map<String, List<WireSpan>> calls = new HashMap<>();
        for (Trace trace : traces) {
            for (WireSpan span : trace.spans.values()) {
                WireSpan parent = trace.spans.get(String.valueOf(span.parentSpanId()));
                if (parent != null && !parent.service().equals(span.service())) {
                    calls.computeIfAbsent(parent.service() + " " + span.service(), first -> new ArrayList<>())
                            .add(span);
                }
            }
        }
        Map<String, Line> lines = new TreeMap<>();
        calls.forEach((key, found) -> lines.put(key, Line.of(0, found).withoutP99()));
        return lines;
    }

    /** What an answer says of one name; durations in milliseconds, without zeros at the end. */
    private record Line(
            long traces, long spans, long errors, String errorRate, String avg, String p50, String p95, String p99) {
        static Line of(int traces, List<WireSpan> spans) {
            long errors = spans.stream().filter(WireSpan::isError).count();
            long[] sorted = spans.stream()
                    .mapToLong(span -> Math.max(0, span.endTimeNanos() - span.startTimeNanos()))
                    .sorted()
                    .toArray();
            BigInteger sum = BigInteger.ZERO;
            for (long duration : sorted) {
                sum = sum.add(BigInteger.valueOf(duration));
            }
            BigDecimal count = BigDecimal.valueOf(Math.max(1, spans.size()));
            return new Line(
                    traces,
                    spans.size(),
                    errors,
                    text(BigDecimal.valueOf(errors).divide(count, 4, RoundingMode.HALF_UP)),
                    text(new BigDecimal(sum, 6).divide(count, 6, RoundingMode.HALF_UP)),
                    percentile(sorted, 50),
                    percentile(sorted, 95),
                    percentile(sorted, 99));
        }

        private static String percentile(long[] sorted, int percent) {
            if (sorted.length == 0) {
                return "0";
            }
            long duration = sorted[(int) Math.ceil(percent * sorted.length / 100.0) - 1];
            long width = Math.max(1, Long.highestOneBit(duration) / 64);
            return text(BigDecimal.valueOf(duration / width * width, 6));
        }

        Line withoutP99() {
            return new Line(traces, spans, errors, errorRate, avg, p50, p95, "");
        }
    }

    private static String text(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private static Map<String, Line> lines(JsonNode list, String... names) {
        Map<String, Line> lines = new TreeMap<>();
        for (JsonNode one : list) {
            String key = Stream.of(names).map(name -> one.get(name).textValue()).collect(Collectors.joining(" "));
            lines.put(key, one.has("calls") ? call(one) : line(one));
        }
        return lines;
    }

    private static Line line(JsonNode one) {
        JsonNode durations = one.get("duration_ms");
        return new Line(
                one.get("traces").longValue(),
                one.get("spans").longValue(),
                one.get("errors").longValue(),
                text(one.get("error_rate").decimalValue()),
                text(durations.get("avg").decimalValue()),
                text(durations.get("p50").decimalValue()),
                text(durations.get("p95").decimalValue()),
                text(durations.get("p99").decimalValue()));
    }

    private static Line call(JsonNode one) {
        return new Line(
                0,
                one.get("calls").longValue(),
                one.get("errors").longValue(),
                text(one.get("error_rate").decimalValue()),
                text(one.get("avg_ms").decimalValue()),
                text(one.get("p50_ms").decimalValue()),
                text(one.get("p95_ms").decimalValue()),
                "");
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Waits while the services are counted anew. */
    private JsonNode get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpClient http = HttpClient.newHttpClient();
        HttpResponse<String> answer = await().atMost(Duration.ofSeconds(60))
                .until(() -> http.send(request, HttpResponse.BodyHandlers.ofString()), one -> one.statusCode() != 503);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }
}
