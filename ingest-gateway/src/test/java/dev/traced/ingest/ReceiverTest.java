package dev.traced.ingest;

import static dev.traced.ingest.json.Batches.OTHER_TRACE_ID;
import static dev.traced.ingest.json.Batches.TRACE_ID;
import static dev.traced.ingest.json.Batches.batch;
import static dev.traced.ingest.json.Batches.batchOf;
import static dev.traced.ingest.json.Batches.quoted;
import static dev.traced.ingest.json.Batches.span;
import static dev.traced.ingest.json.Batches.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.ingest.json.Batches;
import dev.traced.ingest.receive.IngestConfig;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.Span;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanDecoder;
import dev.traced.topics.SpanEncoder;
import dev.traced.topics.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReceiverTest {
    private static final String OK = "{\"status\":\"ok\"}";
    private static final long WINDOW_START = Gateway.nanos(Gateway.NOW.minus(Gateway.WINDOW.window()));

    private Gateway gateway = Gateway.acknowledging();

    @AfterEach
    void close() {
        gateway.close();
    }

    private void use(Gateway other) {
        gateway.close();
        gateway = other;
    }

    private List<String> operations(ProducerRecord<byte[], byte[]> record) {
        return SpanDecoder.decode(record.value()).stream().map(Span::operation).toList();
    }

    private static void assertError(HttpResponse<String> answer, int status, String message) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + message + "\"}");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    }

    @Test
    void batch_isOneRecordPerTrace_inOrderOfArrival() throws Exception {
        String other = quoted(OTHER_TRACE_ID);

        HttpResponse<String> answer = gateway.post(batch(
                span("operation", "\"a1\""),
                span("operation", "\"b1\"", "trace_id", other),
                span("operation", "\"a2\""),
                span("operation", "\"b2\"", "trace_id", other.toUpperCase(Locale.ROOT))));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo(OK);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        List<ProducerRecord<byte[], byte[]>> records = gateway.kafka.history();
        assertThat(records).extracting(ProducerRecord::topic).containsOnly(Topics.SPANS);
        assertThat(records)
                .extracting(ProducerRecord::key)
                .containsExactly(
                        TraceId.parse(TRACE_ID).toBytes(),
                        TraceId.parse(OTHER_TRACE_ID).toBytes());
        assertThat(records).extracting(this::operations).containsExactly(List.of("a1", "a2"), List.of("b1", "b2"));
    }

    @Test
    void answer_comesWithTheLastAcknowledgement() {
        use(Gateway.waiting());
        CompletableFuture<HttpResponse<String>> answer =
                gateway.postAsync(batch(span(), span("trace_id", quoted(OTHER_TRACE_ID))));
        await().until(() -> gateway.kafka.history().size() == 2);

        gateway.kafka.completeNext();
        assertThat(answer).isNotDone();
        assertThat(gateway.counted("traced.spans.accepted")).isZero();
        gateway.kafka.completeNext();

        assertThat(answer.join().statusCode()).isEqualTo(202);
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(2);
        assertThat(gateway.inFlightBytes()).isZero();
    }

    @Test
    void staleSpan_isDroppedAndCounted() throws Exception {
        HttpResponse<String> answer = gateway.post(batch(
                span("operation", "\"stale\"", "start_time", String.valueOf(WINDOW_START - 1)),
                span("operation", "\"edge\"", "start_time", String.valueOf(WINDOW_START)),
                span("operation", "\"negative\"", "start_time", "-5"),
                span(
                        "operation",
                        "\"future\"",
                        "start_time",
                        "9223372036854775807",
                        "end_time",
                        "9223372036854775807")));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(operations(gateway.kafka.history().get(0))).containsExactly("edge", "future");
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(4);
        assertThat(gateway.counted("traced.spans.stale")).isEqualTo(2);
        assertThat(gateway.counted("traced.spans.published")).isEqualTo(2);
        assertThat(gateway.counted("traced.spans.sampled.out")).isZero();
        assertThat(answer.headers().firstValue("Traced-Spans")).hasValue("accepted=4, stale=2, sampled-out=0");
    }

    @Test
    void batch_whollyStale_needsNoKafka() throws Exception {
        use(Gateway.waiting());

        HttpResponse<String> answer = gateway.post(batch(span("start_time", "1"), span("start_time", "2")));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(gateway.kafka.history()).isEmpty();
        assertThat(gateway.counted("traced.spans.stale")).isEqualTo(2);
    }

    @Test
    void batch_withOneBadSpan_storesNothing() throws Exception {
        HttpResponse<String> answer = gateway.post(batch(span(), span(), span("span_id", "\"abc\"")));

        assertError(answer, 400, "spans[2].span_id must be a UUID, was \\\"abc\\\"");
        assertThat(gateway.kafka.history()).isEmpty();
        assertThat(gateway.rejected("malformed")).isEqualTo(1);
        assertThat(gateway.answered("400")).isEqualTo(1);
        assertThat(gateway.counted("traced.spans.accepted")).isZero();
    }

    @Test
    void trace_largerThanARecord_isSplitInOrder() throws Exception {
        use(new Gateway(true, IngestConfig.withDefaults(Gateway.WINDOW)));
        String tags = bigTags(40);
        String[] spans = new String[50];
        Arrays.setAll(spans, i -> span("operation", "\"" + i + "\"", "tags", tags));

        HttpResponse<String> answer = gateway.post(batch(spans));

        assertThat(answer.statusCode()).isEqualTo(202);
        List<ProducerRecord<byte[], byte[]>> records = gateway.kafka.history();
        assertThat(records).hasSizeGreaterThan(2).allMatch(record -> record.value().length <= SpanEncoder.MAX_BYTES);
        assertThat(records.stream().flatMap(record -> operations(record).stream()))
                .hasSize(50)
                .isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
    }

    /** Tags of 1,024 characters each. */
    private static String bigTags(int count) {
        return Batches.tags(count).replace("\"v\"", quoted("x".repeat(1024)));
    }

    @Test
    void span_largerThanARecord_is413AndNamed() throws Exception {
        String tags = "{\"" + "n".repeat(40_000) + "0\":\"\"";
        StringBuilder many = new StringBuilder(tags);
        for (int i = 1; i < 14; i++) {
            many.append(",\"").append("n".repeat(40_000)).append(i).append("\":\"\"");
        }

        HttpResponse<String> answer = gateway.post(batch(span(), span("tags", many + "}")));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body())
                .startsWith("{\"error\":\"spans[1] is too large: span_id ")
                .contains("the limit is 524288");
        assertThat(gateway.kafka.history()).isEmpty();
        assertThat(gateway.rejected("too_large")).isEqualTo(1);
        assertThat(gateway.answered("413")).isEqualTo(1);
    }

    // Kafka is slow, full or away.

    @Test
    void kafkaFails_is503() throws Exception {
        use(Gateway.waiting());
        CompletableFuture<HttpResponse<String>> answer = gateway.postAsync(batchOf(1));
        await().until(() -> gateway.kafka.history().size() == 1);

        gateway.kafka.errorNext(new TimeoutException("expiring 1 record(s)"));

        assertError(answer.join(), 503, "Kafka did not take the spans: expiring 1 record(s)");
        assertThat(answer.join().headers().firstValue("Retry-After")).hasValue("1");
        assertThat(gateway.rejected("unavailable")).isEqualTo(1);
        assertThat(gateway.answered("503")).isEqualTo(1);
        assertThat(gateway.inFlightBytes()).isZero();
    }

    @Test
    void kafkaDoesNotAnswer_is503InTime_andItsBytesStayCounted() throws Exception {
        use(Gateway.waiting());

        HttpResponse<String> answer = gateway.post(batchOf(1));

        assertError(answer, 503, "Kafka did not take the spans: no acknowledgement within 1000 ms");
        assertThat(gateway.inFlightBytes()).isPositive();
        gateway.kafka.completeNext();
        assertThat(gateway.inFlightBytes()).isZero();
        assertThat(gateway.counted("traced.spans.accepted")).isZero();
    }

    @Test
    void kafkaIsAway_onlyOneRequestAtATimeWaits_untilItIsBack() throws Exception {
        use(Gateway.waiting());
        gateway.post(batchOf(1));

        CompletableFuture<HttpResponse<String>> probe = gateway.postAsync(batchOf(1));
        await().until(() -> gateway.kafka.history().size() == 2);
        assertError(gateway.post(batchOf(1)), 503, "Kafka cannot be reached at the moment");
        gateway.kafka.completeNext();
        gateway.kafka.completeNext();

        assertThat(probe.join().statusCode()).isEqualTo(202);
        CompletableFuture<HttpResponse<String>> next = gateway.postAsync(batchOf(1));
        await().until(() -> gateway.kafka.history().size() == 3);
        gateway.kafka.completeNext();
        assertThat(next.join().statusCode()).isEqualTo(202);
    }

    @Test
    void failedProbe_leavesTheNextRequestToProbe() throws Exception {
        use(Gateway.waiting());
        gateway.post(batchOf(1));
        gateway.post(batchOf(1));

        CompletableFuture<HttpResponse<String>> probe = gateway.postAsync(batchOf(1));
        await().until(() -> gateway.kafka.history().size() == 3);
        while (gateway.kafka.completeNext()) {}

        assertThat(probe.join().statusCode()).isEqualTo(202);
    }

    @Test
    void refusedRecord_saysNothingAboutTheNext() throws Exception {
        use(Gateway.waiting());
        CompletableFuture<HttpResponse<String>> refused = gateway.postAsync(batchOf(1));
        await().until(() -> gateway.kafka.history().size() == 1);
        gateway.kafka.errorNext(new RecordTooLargeException("too large for this broker"));
        assertError(refused.join(), 503, "Kafka did not take the spans: too large for this broker");

        CompletableFuture<HttpResponse<String>> one = gateway.postAsync(batchOf(1));
        CompletableFuture<HttpResponse<String>> two = gateway.postAsync(batchOf(1));
        await().until(() -> gateway.kafka.history().size() == 3);
        while (gateway.kafka.completeNext()) {}

        assertThat(one.join().statusCode()).isEqualTo(202);
        assertThat(two.join().statusCode()).isEqualTo(202);
    }

    @Test
    void sendThatThrows_stopsTheOthers() throws Exception {
        gateway.kafka.sendException = new TimeoutException("Topic spans not present in metadata after 500 ms.");

        HttpResponse<String> answer = gateway.post(batch(span(), span("trace_id", quoted(OTHER_TRACE_ID))));

        assertError(answer, 503, "Kafka did not take the spans: Topic spans not present in metadata after 500 ms.");
        assertThat(gateway.kafka.history()).isEmpty();
        assertThat(gateway.inFlightBytes()).isZero();
    }

    @Test
    void moreThanMayBeInFlight_is503AtOnce() throws Exception {
        use(Gateway.waiting());
        String large = batch(span("tags", bigTags(35)), span("tags", bigTags(35)));
        CompletableFuture<HttpResponse<String>> first = gateway.postAsync(large);
        await().until(() -> gateway.kafka.history().size() == 1);

        HttpResponse<String> second = gateway.post(large);
        gateway.kafka.completeNext();

        assertThat(first.join().statusCode()).as("alone, whatever its size").isEqualTo(202);
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.body()).startsWith("{\"error\":\"too many spans wait for Kafka: ");
        assertThat(second.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(gateway.rejected("overloaded")).isEqualTo(1);
        assertThat(gateway.answered("503")).isEqualTo(1);
    }

    // How a body may be sent.

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip"})
    void gzip_ofAnyName(String encoding) throws Exception {
        assertThat(gateway.post(gzip(batchOf(3)), "Content-Encoding", encoding).statusCode())
                .isEqualTo(202);
        assertThat(gateway.counted("traced.spans.published")).isEqualTo(3);
    }

    @Test
    void gzip_ofSeveralMembers() throws Exception {
        String body = batchOf(3);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(gzip(body.substring(0, 100)));
        members.write(gzip(body.substring(100)));

        assertThat(gateway.post(members.toByteArray(), "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void identity() throws Exception {
        assertThat(gateway.post(utf8(batchOf(1)), "Content-Encoding", "identity")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void encoding_thatIsUnknown_is400() throws Exception {
        assertError(
                gateway.post(utf8(batchOf(1)), "Content-Encoding", "br"),
                400,
                "Content-Encoding must be gzip, identity or absent, was \\\"br\\\"");
    }

    @Test
    void gzip_truncated_is400() throws Exception {
        byte[] whole = gzip(batchOf(3));

        assertError(
                gateway.post(Arrays.copyOf(whole, whole.length - 9), "Content-Encoding", "gzip"),
                400,
                "the gzip body is truncated");
        assertError(gateway.post(new byte[0], "Content-Encoding", "gzip"), 400, "the gzip body is truncated");
    }

    @Test
    void gzip_corrupt_is400() throws Exception {
        byte[] corrupt = gzip(batchOf(3));
        corrupt[corrupt.length - 6] ^= 1;

        assertError(
                gateway.post(corrupt, "Content-Encoding", "gzip"), 400, "the body is not gzip: Corrupt GZIP trailer");
        assertError(
                gateway.post(utf8(batchOf(1)), "Content-Encoding", "gzip"),
                400,
                "the body is not gzip: Not in GZIP format");
    }

    @Test
    void body_atTheLimit_isRead() throws Exception {
        String batch = batchOf(1);

        assertThat(gateway.post(batch + " ".repeat((1 << 20) - batch.length())).statusCode())
                .isEqualTo(202);
    }

    @Test
    void body_overTheLimit_is413() throws Exception {
        String batch = batchOf(1);
        String body = batch + " ".repeat((1 << 20) + 1 - batch.length());

        assertError(gateway.post(body), 413, "the body must have at most 1048576 bytes, uncompressed");
        assertError(
                gateway.post(gzip(body), "Content-Encoding", "gzip"),
                413,
                "the body must have at most 1048576 bytes, uncompressed");
        assertThat(gateway.rejected("too_large")).isEqualTo(2);
    }

    @Test
    void gzipBomb_of1GiB_stopsAtTheLimit() throws Exception {
        byte[] member = gzip("\0".repeat(16 << 20));
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        for (int i = 0; i < 64; i++) {
            bomb.write(member);
        }
        use(new Gateway(true, IngestConfig.withDefaults(Gateway.WINDOW)));

        long start = System.nanoTime();
        HttpResponse<String> answer = gateway.post(bomb.toByteArray(), "Content-Encoding", "gzip");

        assertError(answer, 413, "the body must have at most 67108864 bytes, uncompressed");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "application/json; profile=x"
            })
    void contentType(String contentType) throws Exception {
        assertThat(gateway.post(utf8(batchOf(1)), "Content-Type", contentType).statusCode())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource({"text/plain", "application/json; charset=latin1", "application/jsonp", "application/x-protobuf"})
    void contentType_other_is400(String contentType) throws Exception {
        assertError(
                gateway.post(utf8(batchOf(1)), "Content-Type", contentType),
                400,
                "Content-Type must be application/json in UTF-8, was \\\"" + contentType + "\\\"");
    }

    @Test
    void nestingOf1MB_is400() throws Exception {
        assertError(gateway.post("[".repeat(1 << 20)), 400, "the body must be a JSON object, was an array");
        assertError(
                gateway.post("{\"a\":" + "[".repeat(1_000_000)),
                400,
                "the body is nested deeper than 100 levels, line 1, column 106");
    }

    @Test
    void body_withoutAnnouncedLength_isRead() throws Exception {
        HttpRequest.Builder request = gateway.request("/spans")
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(utf8(batchOf(400)))));

        assertThat(gateway.send(request).statusCode()).isEqualTo(202);
    }

    @Test
    void body_thatDrips_is408() throws Exception {
        IngestConfig hasty = new IngestConfig(
                Gateway.WINDOW,
                SamplingRates.ALL,
                1 << 20,
                4 << 20,
                Duration.ofMillis(1),
                64 * 1024,
                Duration.ofMillis(300));
        use(new Gateway(true, hasty));
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.getOutputStream().write(utf8("POST /spans HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n{"));
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        socket.getOutputStream().write(' ');
                        return socket.getInputStream().available() > 0;
                    });

            assertThat(answerOf(socket))
                    .startsWith("HTTP/1.1 408 ")
                    .endsWith("{\"error\":\"the body must arrive within 0 s\"}");
        }
        assertThat(gateway.rejected("too_slow")).isEqualTo(1);
        assertThat(gateway.answered("408")).isEqualTo(1);
    }

    @Test
    void chunk_thatIsBroken_is400() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.getOutputStream()
                    .write(utf8("POST /spans HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));

            assertThat(answerOf(socket)).startsWith("HTTP/1.1 400 ").contains("{\"error\":\"");
        }
    }

    private static String answerOf(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        while (!answer.toString(StandardCharsets.UTF_8).endsWith("}")) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            answer.write(b);
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(utf8(text));
        }
        return bytes.toByteArray();
    }
}
