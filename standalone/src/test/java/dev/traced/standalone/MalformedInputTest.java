package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.traced.testing.verify.wire.ListQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is sent, the answer names the fault and nothing is stored: 400 or 413, never 500; and the server stays well. */
class MalformedInputTest {
    private static final String ID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    private static final long NOW = Instant.now().toEpochMilli() * 1_000_000;
    private static final String SPAN = span("");

    @TempDir
    static Path data;

    private static TracedProcess up;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        up = TracedProcess.up(data);
    }

    @AfterAll
    static void staysWell() {
        assertThat(up.client().health().isOk()).isTrue();
        assertThat(up.client().list(ListQuery.newest(1)).orThrow().total())
                .as("stored")
                .isZero();
        assertThat(up.stop()).isLessThan(Duration.ofSeconds(10));
        assertThat(up.stderr()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
    }

    private static String span(String replaced, String... by) {
        String span =
                "{\"trace_id\":\"" + ID + "\",\"span_id\":\"" + ID + "\",\"service\":\"shop\",\"operation\":\"buy\","
                        + "\"start_time\":" + NOW + ",\"end_time\":" + NOW + ",\"status\":\"ok\"}";
        if (replaced.isEmpty()) {
            return span;
        }
        String changed = span.replace(replaced, by[0]);
        assertThat(changed).isNotEqualTo(span);
        return changed;
    }

    /** The span with this before its end. */
    private static String with(String more) {
        return SPAN.substring(0, SPAN.length() - 1) + "," + more + "}";
    }

    private static byte[] batch(String... spans) {
        return utf8("{\"spans\":[" + String.join(",", spans) + "]}");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String tags(int count, int valueLength) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"k" + i + "\":\"" + "v".repeat(valueLength) + "\"")
                .collect(Collectors.joining(",", "\"tags\":{", "}"));
    }

    static Stream<Arguments> bodies() {
        String time = "\"start_time\":" + NOW;
        return Stream.of(
                bad("nothing", "", utf8("")),
                bad("spaces", "", utf8("   ")),
                bad("no JSON", "", utf8("hello")),
                bad("an array", "", utf8("[]")),
                bad("null", "", utf8("null")),
                bad("no spans", "spans", utf8("{}")),
                bad("spans null", "spans", utf8("{\"spans\":null}")),
                bad("spans an object", "spans", utf8("{\"spans\":{}}")),
                bad("no span", "spans", batch()),
                bad(
                        "501 spans",
                        "spans",
                        batch(IntStream.range(0, 501).mapToObj(i -> SPAN).toArray(String[]::new))),
                bad("a span null", "spans[0]", batch("null")),
                bad("a span an array", "spans[1]", batch(SPAN, "[]")),
                bad("cut off", "", Arrays.copyOf(batch(SPAN), 100)),
                bad("more after the end", "", utf8("{\"spans\":[" + SPAN + "]} x")),
                bad("two documents", "", utf8("{\"spans\":[" + SPAN + "]}{\"spans\":[" + SPAN + "]}")),
                bad("a trailing comma", "", utf8("{\"spans\":[" + SPAN + ",]}")),
                bad("a comment", "", utf8("{/* */\"spans\":[" + SPAN + "]}")),
                bad("single quotes", "", utf8("{'spans':[" + SPAN + "]}")),
                bad("no trace_id", "trace_id", batch(span("\"trace_id\":\"" + ID + "\",", ""))),
                bad("trace_id a number", "trace_id", batch(span("\"trace_id\":\"" + ID + "\"", "\"trace_id\":5"))),
                bad("trace_id short", "trace_id", batch(span("\"trace_id\":\"6ba7b810-", "\"trace_id\":\"6ba7b81-"))),
                bad("trace_id not hex", "trace_id", batch(span("\"trace_id\":\"6", "\"trace_id\":\"g"))),
                bad("trace_id 1-1-1-1-1", "trace_id", batch(span("\"trace_id\":\"" + ID, "\"trace_id\":\"1-1-1-1-1"))),
                bad("span_id empty", "span_id", batch(span("\"span_id\":\"" + ID, "\"span_id\":\""))),
                bad("parent empty", "parent_span_id", batch(with("\"parent_span_id\":\"\""))),
                bad("parent a number", "parent_span_id", batch(with("\"parent_span_id\":1"))),
                bad("service null", "service", batch(span("\"service\":\"shop\"", "\"service\":null"))),
                bad("service of 257", "service", batch(span("shop", "s".repeat(257)))),
                bad("operation missing", "operation", batch(span(",\"operation\":\"buy\"", ""))),
                bad("operation of 257 emoji", "operation", batch(span("buy", "\uD83D\uDE00".repeat(257)))),
                bad("start_time a string", "start_time", batch(span(time, "\"start_time\":\"" + NOW + "\""))),
                bad("start_time 1.5", "start_time", batch(span(time, "\"start_time\":1.5"))),
                bad("start_time true", "start_time", batch(span(time, "\"start_time\":true"))),
                bad("start_time 2^63", "start_time", batch(span(time, "\"start_time\":9223372036854775808"))),
                bad("start_time 1e400", "start_time", batch(span(time, "\"start_time\":1e400"))),
                bad("start_time 1e999999999", "start_time", batch(span(time, "\"start_time\":1e999999999"))),
                bad("start_time of 100,000 digits", "", batch(span(time, "\"start_time\":" + "1".repeat(100_000)))),
                bad("start_time NaN", "", batch(span(time, "\"start_time\":NaN"))),
                bad("start_time 01", "", batch(span(time, "\"start_time\":01"))),
                bad(
                        "ends before it starts",
                        "end_time",
                        batch(span("\"end_time\":" + NOW, "\"end_time\":" + (NOW - 1)))),
                bad("status OK", "status", batch(span("\"ok\"", "\"OK\""))),
                bad("status null", "status", batch(span("\"ok\"", "null"))),
                bad("status missing", "status", batch(span(",\"status\":\"ok\"", ""))),
                bad("tags an array", "tags", batch(with("\"tags\":[]"))),
                bad("tags a string", "tags", batch(with("\"tags\":\"a\""))),
                bad("51 tags", "tags", batch(with(tags(51, 1)))),
                bad("tag a number", "tags", batch(with("\"tags\":{\"a\":1}"))),
                bad("tag null", "tags", batch(with("\"tags\":{\"a\":null}"))),
                bad("tag nested", "tags", batch(with("\"tags\":{\"a\":{}}"))),
                bad("tag of 1,025", "tags", batch(with(tags(1, 1_025)))),
                bad(
                        "the last of 500 is wrong",
                        "spans[499]",
                        batch(Stream.concat(
                                        IntStream.range(0, 499).mapToObj(i -> SPAN),
                                        Stream.of(span("\"ok\"", "\"bad\"")))
                                .toArray(String[]::new))),
                bad("broken UTF-8", "", utf8Broken("shop", 0xC3, 0x28)),
                bad("overlong UTF-8", "", utf8Broken("shop", 0xC0, 0xAF)),
                bad("UTF-8 of a surrogate", "", utf8Broken("shop", 0xED, 0xA0, 0x80)),
                bad("a lone surrogate escaped", "", batch(span("shop", "\\ud800"))),
                bad("a control character", "", batch(span("shop", "a\nb"))),
                bad("UTF-16", "", ("{\"spans\":[" + SPAN + "]}").getBytes(StandardCharsets.UTF_16LE)),
                bad("50 MB of [", "", filled(50 << 20, "[")),
                bad("50 MB of nesting in an unknown property", "", nested(25 << 20)));
    }

    private static byte[] utf8Broken(String where, int... bytes) {
        byte[] body = batch(SPAN);
        int at = new String(body, StandardCharsets.ISO_8859_1).indexOf(where);
        for (int i = 0; i < bytes.length; i++) {
            body[at + i] = (byte) bytes[i];
        }
        return body;
    }

    private static byte[] filled(int size, String with) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) with.charAt(0));
        return body;
    }

    private static byte[] nested(int depth) {
        return utf8("{\"x\":" + "[".repeat(depth) + "]".repeat(depth) + ",\"spans\":[" + SPAN + "]}");
    }

    private static Arguments bad(String name, String named, byte[] body) {
        return argumentSet(name, named, body);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void body_isRefusedWithItsFault(String named, byte[] body) throws Exception {
        assertRefused(post(body), 400, named);
    }

    @Test
    void bodyTooLarge_is413() throws Exception {
        assertRefused(post(filled((64 << 20) + 1, " ")), 413, "");
    }

    @Test
    void gzip_thatIsNone_orCutOff_isRefused() throws Exception {
        byte[] zipped = gzip(new byte[][] {batch(SPAN)});
        assertRefused(post(batch(SPAN), "Content-Encoding", "gzip"), 400, "gzip");
        assertRefused(post(Arrays.copyOf(zipped, zipped.length / 2), "Content-Encoding", "gzip"), 400, "gzip");
        assertRefused(post(Arrays.copyOf(zipped, zipped.length - 4), "Content-Encoding", "gzip"), 400, "gzip");
        assertRefused(post(batch(SPAN), "Content-Encoding", "br"), 400, "Content-Encoding");
    }

    @Test
    void gzipBomb_is413_andTakesNoMemory() throws Exception {
        byte[][] gigabyte = new byte[1_024][];
        Arrays.fill(gigabyte, filled(1 << 20, " "));
        byte[] bomb = gzip(gigabyte);
        for (int i = 0; i < 5; i++) {
            assertRefused(post(bomb, "Content-Encoding", "gzip"), 413, "");
        }
    }

    @Test
    void contentType_ofSomethingElse_isRefused() throws Exception {
        HttpResponse<String> answer = post(batch(SPAN), "Content-Type", "text/xml");
        assertThat(answer.statusCode()).isIn(400, 415);
        assertThat(answer.body()).startsWith("{\"error\":\"");
    }

    /** Which of two counts is not promised; that it is not an error of ours is. */
    @Test
    void duplicateKeys_areNoFaultOfTheServer() throws Exception {
        HttpResponse<String> answer = post(batch(with("\"status\":\"bad\"")));
        assertThat(answer.statusCode()).isIn(400, 202);
    }

    @Test
    void headersTooLarge_are431() throws Exception {
        HttpResponse<String> answer = post(batch(SPAN), "X-Large", "x".repeat(100_000));
        assertThat(answer.statusCode()).isIn(400, 413, 431);
        assertThat(answer.body()).startsWith("{\"error\":\"");
    }

    static Stream<Arguments> questions() {
        return Stream.of(
                argumentSet("limit abc", 400, "limit", "/traces?limit=abc"),
                argumentSet("limit empty", 400, "limit", "/traces?limit="),
                argumentSet("limit without value", 400, "limit", "/traces?limit"),
                argumentSet("limit 0", 400, "limit", "/traces?limit=0"),
                argumentSet("limit 1001", 400, "limit", "/traces?limit=1001"),
                argumentSet("limit negative", 400, "limit", "/traces?limit=-1"),
                argumentSet("limit 1.0", 400, "limit", "/traces?limit=1.0"),
                argumentSet("limit 2^64", 400, "limit", "/traces?limit=18446744073709551616"),
                argumentSet("after negative", 400, "after", "/traces?after=-1"),
                argumentSet("after 2^63", 400, "after", "/traces?after=9223372036854775808"),
                argumentSet("after 1e18", 400, "after", "/traces?after=1e18"),
                argumentSet("before negative", 400, "before", "/traces?before=-1"),
                argumentSet("before empty", 400, "before", "/traces?before="),
                argumentSet("after = before", 400, "after", "/traces?after=5&before=5"),
                argumentSet("after > before", 400, "after", "/traces?after=6&before=5"),
                argumentSet("first of a repeated one", 400, "limit", "/traces?limit=0&limit=5"),
                argumentSet("broken UTF-8", 400, "", "/traces?limit=%ff"),
                argumentSet("id no UUID", 400, "trace_id", "/traces/hello"),
                argumentSet("id short UUID", 400, "trace_id", "/traces/1-1-1-1-1"),
                argumentSet("id of 10,000", 400, "", "/traces/" + "a".repeat(4_000)),
                argumentSet("id with a slash", 404, "", "/traces/" + ID + "/x"),
                argumentSet("id unknown", 404, ID, "/traces/" + ID),
                argumentSet("route unknown", 404, "/nothing", "/nothing"),
                argumentSet("GET of POST", 405, "GET", "/spans"));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void question_isRefusedWithItsFault(int status, String named, String path) throws Exception {
        assertRefused(raw("GET " + path + " HTTP/1.1"), status, named);
    }

    @Test
    void wrongMethod_is405() throws Exception {
        assertRefused(raw("DELETE /spans HTTP/1.1"), 405, "DELETE");
        assertRefused(raw("POST /traces HTTP/1.1"), 405, "POST");
        assertRefused(raw("PUT /traces/" + ID + " HTTP/1.1"), 405, "PUT");
    }

    private record Raw(int status, String body) {}

    /** As it is: a client would refuse to send some of these. */
    private static Raw raw(String requestLine) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", up.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(utf8(requestLine + "\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Raw(Integer.parseInt(answer.split(" ")[1]), answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }

    private static void assertRefused(Raw answer, int status, String named) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).startsWith("{\"error\":\"").contains(named);
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String named) {
        assertRefused(new Raw(answer.statusCode(), answer.body()), status, named);
    }

    private static HttpResponse<String> post(byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(up.url() + "/spans"))
                .timeout(Duration.ofSeconds(60))
                .setHeader("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] gzip(byte[][] parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            for (byte[] part : parts) {
                zip.write(part);
            }
        }
        return bytes.toByteArray();
    }
}
