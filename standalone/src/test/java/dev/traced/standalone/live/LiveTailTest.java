package dev.traced.standalone.live;

import static dev.traced.standalone.live.ClosedTraces.event;
import static dev.traced.standalone.live.ClosedTraces.parts;
import static dev.traced.standalone.live.ClosedTraces.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.http.HttpEdge;
import dev.traced.query.LiveRoutes;
import dev.traced.standalone.EmbeddedKafka;
import dev.traced.topics.Topics;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LiveTailTest {
    private static final int PARTITIONS = 3;

    @TempDir
    private static Path data;

    private static EmbeddedKafka kafka;
    private static Admin admin;
    private static KafkaProducer<byte[], byte[]> producer;

    private final HttpClient http = HttpClient.newHttpClient();
    private SimpleMeterRegistry metrics;
    private LiveRoutes live;
    private Javalin server;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(data, 0);
        Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers());
        admin = Admin.create(config);
        admin.createTopics(List.of(Topics.traces(PARTITIONS, (short) 1, Duration.ofMinutes(30))))
                .all()
                .get();
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stopKafka() {
        producer.close();
        admin.close();
        kafka.close();
    }

    @BeforeEach
    void start() {
        start(Duration.ofSeconds(30));
    }

    private void start(Duration requestIdle) {
        metrics = new SimpleMeterRegistry();
        live = new LiveRoutes(kafka.bootstrapServers(), admin, Duration.ofMillis(500), metrics);
        server = HttpEdge.create(HttpEdge.Settings.defaults().withRequestIdle(requestIdle), live::install);
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        live.close();
        HttpEdge.stop(server);
    }

    private URI url(String query) {
        return URI.create("http://127.0.0.1:" + server.port() + "/traces/live?" + query);
    }

    private HttpResponse<String> get(String query, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(url(query)).timeout(Duration.ofSeconds(10));
        return http.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void write(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<?>> sent = new ArrayList<>();
        records.forEach(record -> sent.add(producer.send(record)));
        for (Future<?> acknowledgement : sent) {
            try {
                acknowledgement.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String key(long trace, int revision) {
        return String.format("00000000-0000-0007-0000-%012x %d", trace, revision);
    }

    private String now() {
        try (TailClient client = TailClient.open(url(""), null)) {
            return client.lastId();
        }
    }

    private double tails() {
        return metrics.get("traced.live.tails").gauge().value();
    }

    @Test
    void event_isALineOfTheListAndTheRevision() {
        try (TailClient client = TailClient.open(url(""), null)) {
            write(List.of(event(
                    1,
                    0xa,
                    3,
                    span(2, 1, "payment", "charge", 1, "error"),
                    span(1, 0, "shop", "GET /", 90),
                    span(3, 9, "cart", "load", 1))));

            TailClient.Event event = client.next();
            assertThat(event.name()).isEqualTo("update_trace");
            assertThat(event.data())
                    .isEqualTo("{\"trace_id\":\"00000000-0000-0007-0000-00000000000a\",\"root_service\":\"shop\","
                            + "\"root_operation\":\"GET /\",\"start_time\":1767225600000000001,"
                            + "\"end_time\":1767225600090000001,\"duration_ms\":90,\"span_count\":3,\"status\":\"error\",\"complete\":false,\"missing_parents\":1,"
                            + "\"depth\":2,\"services\":[\"cart\",\"payment\",\"shop\"],\"revision\":3}");
            assertThat(client.connection().getHeaderField("Content-Type")).startsWith("text/event-stream");
            assertThat(client.connection().getHeaderField("Content-Encoding")).isNull();
            assertThat(client.connection().getHeaderField("Cache-Control")).isEqualTo("no-store");
            assertThat(client.connection().getHeaderField("X-Accel-Buffering")).isEqualTo("no");
            assertThat(client.connection().getHeaderField("Access-Control-Allow-Origin"))
                    .isEqualTo("*");
        }
    }

    @Test
    void traceWithoutARoot_hasNullsInItsPlace() {
        try (TailClient client = TailClient.open(url(""), null)) {
            write(List.of(event(0, 0xb, 1, span(2, 1, "payment", "charge", 1))));

            TailClient.Event event = client.next();
            assertThat(event.name()).isEqualTo("trace_complete");
            assertThat(event.data())
                    .contains(
                            "\"root_service\":null,\"root_operation\":null,\"start_time\":null,\"end_time\":null,\"duration_ms\":null,"
                                    + "\"span_count\":1,\"status\":\"ok\",\"complete\":false,\"missing_parents\":1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1 2 3 4",
        "service=payment, 1 3",
        "service=payment&operation=charge, 1",
        "operation=charge, 1 2",
        "status=error, 1",
        "status=ok, 2 3 4",
        "min_duration_ms=50, 1 4",
        "max_duration_ms=50, 2 4",
        "max_duration_ns=50000000, 2 4",
        "tag=card:declined, 1",
        "tag=card:declined&tag=user:7, 1",
        "tag=card:declined&tag=user:8, ''",
        "complete=true, 1 2",
        "complete=false, 3 4",
        "service=payment&status=ok, 3",
    })
    void filter_isThatOfTheList(String query, String expected) {
        String before = now();
        write(List.of(
                event(
                        0,
                        1,
                        1,
                        span(1, 0, "shop", "GET /", 90, "user:7"),
                        span(2, 1, "payment", "charge", 1, "error", "card:declined")),
                event(0, 2, 1, span(1, 0, "shop", "charge", 20)),
                event(0, 3, 1, span(2, 1, "payment", "refund", 70)),
                event(0, 4, 1, span(1, 0, "shop", "GET /", 50), span(2, 9, "cart", "load", 1))));

        try (TailClient client = TailClient.open(url(query), before)) {
            List<String> keys = new ArrayList<>();
            for (String trace : expected.isEmpty() ? new String[0] : expected.split(" ", -1)) {
                keys.add(key(Long.parseLong(trace), 1));
            }
            assertThat(client.all(keys.size()))
                    .extracting(TailClient.Event::key)
                    .isEqualTo(keys);
        }
    }

    @Test
    void largeTrace_isOneEvent_whenItsLastPartHasCome_howeverManyWereBegunBefore() {
        try (TailClient client = TailClient.open(url("tag=part:3&service=a"), null)) {
            List<ProducerRecord<byte[], byte[]>> large = parts(
                    2,
                    0x1a,
                    1,
                    List.of(
                            List.of(span(1, 0, "a", "root", 5), span(2, 1, "a", "later replaced", 1, "error")),
                            List.of(span(3, 2, "b", "x", 1), span(2, 1, "a", "y", 1)),
                            List.of(span(4, 3, "c", "x", 1, "part:3"))));
            write(large.subList(0, 2)); // then a crash, and all of them again
            write(large.subList(0, 2));
            write(List.of(event(1, 0x1b, 1, span(1, 0, "a", "b", 1, "part:3"))));
            TailClient.Event between = client.next();
            assertThat(between.key()).isEqualTo(key(0x1b, 1));
            write(large.subList(2, 3));

            TailClient.Event event = client.next();
            assertThat(event.key()).isEqualTo(key(0x1a, 1));
            assertThat(event.data())
                    .contains("\"root_operation\":\"root\"", "\"status\":\"ok\",\"complete\":true,")
                    .contains("\"depth\":4,\"services\":[\"a\",\"b\",\"c\"]");
            assertThat(client.untilSilent()).isEmpty();

            // Whoever left before the last part gets the trace all the same, and nothing twice.
            try (TailClient again = TailClient.open(url(""), between.id())) {
                assertThat(again.all(1)).extracting(TailClient.Event::key).containsExactly(key(0x1a, 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void clientThatComesBackAgainAndAgain_getsEveryEventOnce(long seed) {
        Random random = new Random(seed);
        List<String> expected = new ArrayList<>();
        List<List<ProducerRecord<byte[], byte[]>>> batches = new ArrayList<>();
        for (int trace = 0; trace < 600; trace++) {
            long id = seed * 10_000 + trace / 2; // each closes twice
            int revision = 1 + trace % 2;
            int partition = (trace / 2) % PARTITIONS;
            boolean isLarge = random.nextInt(5) == 0;
            boolean passes = random.nextInt(3) > 0;
            String service = passes ? "wanted" : "other";
            List<List<ProducerRecord<byte[], byte[]>>> closings = new ArrayList<>();
            if (isLarge) {
                List<List<io.opentelemetry.proto.trace.v1.ResourceSpans>> spans = new ArrayList<>();
                int parts = 2 + random.nextInt(4);
                for (int part = 0; part < parts; part++) {
                    spans.add(List.of(span(part + 1, part, service, "o", 1)));
                }
                parts(partition, id, revision, spans).forEach(record -> closings.add(List.of(record)));
            } else {
                closings.add(List.of(event(partition, id, revision, span(1, 0, service, "o", 1))));
            }
            batches.addAll(closings);
            if (passes) {
                expected.add(key(id, revision));
            }
        }
        String id = now();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> batches.forEach(LiveTailTest::write));

        List<String> received = new ArrayList<>();
        int visits = 0;
        while (received.size() < expected.size()) {
            try (TailClient client = TailClient.open(url("service=wanted"), id)) {
                int wanted = Math.min(random.nextInt(30), expected.size() - received.size());
                for (TailClient.Event event : client.next(wanted)) {
                    received.add(event.key());
                }
                id = client.lastId();
                visits++;
            }
        }
        writing.join();
        try (TailClient client = TailClient.open(url("service=wanted"), id)) {
            client.untilSilent().forEach(event -> received.add(event.key()));
        }

        assertThat(visits).isGreaterThan(10);
        assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
        List<String> ofOneTrace = received.stream()
                .filter(key -> received.contains(key.replaceAll("[12]$", "1"))
                        && received.contains(key.replaceAll("[12]$", "2")))
                .toList();
        for (String key : ofOneTrace) {
            assertThat(received.indexOf(key.replaceAll("[12]$", "1")))
                    .as(key)
                    .isLessThan(received.indexOf(key.replaceAll("[12]$", "2")));
        }
    }

    @Test
    void positionThatKafkaNoLongerHas_isAGap_andTheTailGoesOnBehindIt() throws Exception {
        String before = now();
        write(List.of(
                event(0, 0x2a, 1, span(1, 0, "a", "b", 1)),
                event(0, 0x2b, 1, span(1, 0, "a", "b", 1)),
                event(1, 0x2c, 1, span(1, 0, "a", "b", 1))));
        TopicPartition first = new TopicPartition(Topics.TRACES, 0);
        long end = admin.listOffsets(Map.of(first, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                .partitionResult(first)
                .get()
                .offset();
        admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(end - 1)))
                .all()
                .get();

        try (TailClient client = TailClient.open(url(""), before)) {
            List<TailClient.Event> events = client.all(3);
            assertThat(events.get(0).name()).isEqualTo("gap");
            assertThat(events.get(0).data())
                    .isEqualTo(
                            "{\"missing\":[{\"partition\":0,\"first\":" + (end - 2) + ",\"last\":" + (end - 2) + "}]}");
            assertThat(events.subList(1, events.size()))
                    .extracting(TailClient.Event::key)
                    .containsExactlyInAnyOrder(key(0x2b, 1), key(0x2c, 1));
            try (TailClient again = TailClient.open(url(""), events.get(0).id())) {
                assertThat(again.untilSilent())
                        .extracting(TailClient.Event::name)
                        .doesNotContain("gap")
                        .hasSize(2);
            }
        }
    }

    @Test
    void idThatIsNotOneOfThisTail_is400_andNamed() throws Exception {
        String id = now();
        assertThat(get("last_event_id=17").body())
                .isEqualTo("{\"error\":\"last_event_id is not an id of this tail, was \\\"17\\\"\"}");
        assertThat(get("last_event_id=").statusCode()).isEqualTo(400);
        assertThat(get("last_event_id=%ff%fe").statusCode()).isEqualTo(400);
        HttpResponse<String> foreign = get("", "Last-Event-ID", "aaaaaaaa" + id.substring(8));
        assertThat(foreign.statusCode()).isEqualTo(400);
        assertThat(foreign.body()).startsWith("{\"error\":\"Last-Event-ID is not an id of this tail, was");
        for (String broken : List.of(
                id + ".0",
                id.substring(0, id.lastIndexOf('.')),
                id + "zzz",
                id + "-zzzzz",
                id + "-",
                id + "zzzzzzzzzzzzzzzzz",
                id.replace('.', ','))) {
            assertThat(get("last_event_id=" + broken).statusCode()).as(broken).isEqualTo(400);
        }
        assertThat(get("min_duration_ms=-1").statusCode()).isEqualTo(400);
    }

    @Test
    void head_isAnsweredAndNoTail() throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(url(""))
                        .timeout(Duration.ofSeconds(10))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(tails()).isZero();
    }

    @Test
    void clientThatHangsUp_freesItsPlaceItsThreadAndItsConsumer() throws Exception {
        List<TailClient> clients = new ArrayList<>();
        for (int i = 0; i < LiveRoutes.MAX_TAILS; i++) {
            clients.add(TailClient.open(url(""), null));
        }
        HttpResponse<String> refused = get("");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).contains("1");
        assertThat(tails()).isEqualTo(LiveRoutes.MAX_TAILS);

        clients.forEach(TailClient::close);

        await().atMost(Duration.ofSeconds(10)).until(() -> tails() == 0);
        assertThat(consumers()).isZero();
        assertThat(threads()).isZero();
        TailClient.open(url(""), null).close();
    }

    private static int consumers() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("kafka.consumer:type=app-info,*"), null)
                .size();
    }

    private static long threads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack ->
                        Stream.of(stack).anyMatch(frame -> frame.getClassName().equals(LiveRoutes.class.getName())))
                .count();
    }

    @Test
    void clientsThatDoNotRead_holdUpNobody_andAreCutOff() throws Exception {
        stop();
        start(Duration.ofSeconds(3));
        String text = "x".repeat(900);
        String before = now();
        List<ProducerRecord<byte[], byte[]>> events = new ArrayList<>();
        for (int trace = 0; trace < 20_000; trace++) {
            events.add(event(trace % PARTITIONS, 0x100_000 + trace, 1, span(1, 0, text, text, 1)));
        }
        List<Socket> unread = new ArrayList<>();
        for (int i = 0; i < LiveRoutes.MAX_TAILS - 1; i++) {
            unread.add(unread(before));
        }
        await().until(() -> tails() == LiveRoutes.MAX_TAILS - 1);
        long usedBefore = usedHeap();

        write(events);

        long used = usedHeap() - usedBefore;
        assertThat(threads()).isLessThanOrEqualTo(LiveRoutes.MAX_TAILS);
        try (TailClient client = TailClient.open(url("operation=" + text), before)) {
            assertThat(client.next(events.size())).hasSize(events.size());
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> tails() == 0);
        assertThat(consumers()).isZero();
        assertThat(used).as("bytes held for clients that do not read").isLessThan(60L << 20);
        for (Socket socket : unread) {
            socket.close();
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private Socket unread(String id) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 5_000);
        String request = "GET /traces/live HTTP/1.1\r\nHost: x\r\nLast-Event-ID: " + id + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void serverThatStops_endsAllTails_thoseTooWhoseClientsDoNotRead() throws Exception {
        String before = now();
        List<ProducerRecord<byte[], byte[]>> events = new ArrayList<>();
        for (int trace = 0; trace < 5_000; trace++) {
            events.add(event(0, 0x200_000 + trace, 1, span(1, 0, "x".repeat(900), "y".repeat(900), 1)));
        }
        Socket unread = unread(before);
        try (TailClient client = TailClient.open(url("service=none"), null)) {
            write(events);
            await().until(() -> tails() == 2);

            long start = System.nanoTime();
            live.close();
            HttpEdge.stop(server);
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(client.endsBeforeTimeout()).isTrue();
            assertThat(took).isLessThan(Duration.ofSeconds(6));
            await().until(() -> tails() == 0);
            assertThat(consumers()).isZero();
        }
        unread.close();
    }
}
