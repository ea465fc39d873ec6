package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.RollingWindow;
import dev.traced.model.TraceId;
import dev.traced.query.AssemblerDirectory;
import dev.traced.query.LiveRoutes;
import dev.traced.query.QueryServer;
import dev.traced.query.TraceReader;
import dev.traced.testing.verify.Oracle;
import dev.traced.testing.verify.Visibility;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.testing.verify.workload.Delivery;
import dev.traced.testing.verify.workload.Request;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import dev.traced.topics.SpanDecoder;
import dev.traced.topics.Topics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every span that was sent is in the store or in a counter that says what became of it, while the assembler is killed under
 * load again and again: duplicates, stale ones, ones that are not in the sample, ones that expire while nobody reads them.
 */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class ConservationTest {
    private static final int PARTITIONS = 4;
    private static final double RATE = 0.6;
    private static final int STALE = 7;
    private static final int EXPIRING = 5;
    private static final Duration WINDOW = Duration.ofMinutes(30);

    @TempDir
    Path directory;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<WireSpan> sent = new CopyOnWriteArrayList<>();
    private final int door = TracedProcess.freePort();
    private EmbeddedKafka kafka;
    private Admin admin;
    private TracedProcess gateway;
    private TracedProcess assembler;
    private TracedClient query;
    private Map<TopicPartition, Long> startOfLife = Map.of();

    @BeforeEach
    void start() throws Exception {
        kafka = closing(EmbeddedKafka.start(directory.resolve("kafka"), 0));
        admin = closing(Provisioning.admin(kafka.bootstrapServers()));
        Provisioning.provision(
                admin,
                kafka.bootstrapServers(),
                PARTITIONS,
                Topics.BROKERS_DEFAULT,
                new RollingWindow(WINDOW, Duration.ZERO));
        assembler = assembler();
        PrometheusMeterRegistry metrics = Metrics.registry();
        QueryServer server = closing(new QueryServer(
                new TraceReader(admin, new AssemblerDirectory(List.of("127.0.0.1:" + door)), Standalone.READ_TIMEOUT),
                new LiveRoutes(kafka.bootstrapServers(), admin, metrics),
                WallClock::nowNanos,
                metrics));
        URI queryUrl = URI.create("http://127.0.0.1:" + server.start("127.0.0.1", 0));
        query = new TracedClient(queryUrl);
        gateway = closing(TracedProcess.run(
                Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                        "QUERY_URL", queryUrl.toString(),
                        "GRACE_SECONDS", "0",
                        "SAMPLING_RATE", Double.toString(RATE)),
                "gateway",
                "--http-port",
                "0"));
        gateway.awaitReady();
        assembler.awaitReady();
    }

    private TracedProcess assembler() {
        return TracedProcess.run(
                Map.of("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(), "GRACE_SECONDS", "0"),
                "assembler",
                "--data-dir",
                directory.resolve("assembler").toString(),
                "--door-port",
                Integer.toString(door));
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    @AfterEach
    void stop() throws Exception {
        assembler.close();
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }

    @Test
    void whatWasAccepted_isStored_orCountedAsWhatBecameOfIt_whateverIsKilled() throws Exception {
        long seed = FullLength.seed();
        Instant now = Instant.now();
        Workload workload = Workload.generate(
                seed,
                now,
                WorkloadShape.DEFAULT
                        .withTraces(FullLength.choose(600, 20_000))
                        .withLargestTrace(300)
                        .withLargestBatch(50));
        System.out.println(workload);
        int underLoad = FullLength.choose(1, 6);
        List<List<Request>> lives = cut(workload.requests(), underLoad + 2);

        // The first end under load, and what they had counted since the last commit nobody knows.
        for (List<Request> requests : lives.subList(0, underLoad)) {
            int before = sent.size();
            int spans = requests.stream()
                    .mapToInt(request -> request.spans().size())
                    .sum();
            CompletableFuture<Void> posting = CompletableFuture.runAsync(() -> requests.forEach(this::post));
            await().pollInterval(Duration.ofMillis(2)).until(() -> sent.size() - before > spans / 2);
            assembler.kill();
            posting.get(1, TimeUnit.MINUTES);
            post(stale(now));
            restart();
        }

        // The next counts every record once that it reads, from the last commit on.
        Map<TopicPartition, Long> committed = startOfLife;
        lives.get(underLoad).forEach(this::post);
        assertStoreIsWhole();
        double redelivered = count("redelivered");
        assertThat(count("stored") + count("duplicate") + count("expired") + redelivered)
                .as("spans of the records from %s on", committed)
                .isEqualTo(spansInTopic(committed));
        System.out.println("redelivered after a kill under load: " + redelivered);

        // It ends when it has committed: the last reads nothing again.
        await().until(() -> committed().equals(ends()));
        assembler.kill();
        Set<String> known = ids(kept());
        long expiring = WallClock.nowNanos() - WINDOW.toNanos() + TimeUnit.SECONDS.toNanos(2);
        post(IntStream.range(0, EXPIRING)
                .mapToObj(i -> root(new UUID(i, 2), expiring))
                .toList());
        List<WireSpan> expired = kept().stream()
                .filter(span -> span.startTimeNanos() == expiring)
                .toList();
        await().until(() -> WallClock.nowNanos() > expiring + WINDOW.toNanos());
        restart();
        int before = sent.size();
        lives.get(underLoad + 1).forEach(this::post);
        assertStoreIsWhole();
        List<WireSpan> kept = kept(sent.subList(before, sent.size()));
        Set<String> added = ids(kept);
        added.removeAll(known);
        assertThat(count("expired")).isPositive().isEqualTo(expired.size());
        assertThat(count("redelivered")).isZero();
        assertThat(count("stored")).isPositive().isEqualTo(added.size());
        assertThat(count("duplicate")).isPositive().isEqualTo(kept.size() - added.size());
        assertThat(assembler.metric("traced_records_dead_letter_total")).isZero();

        // The gateway lived through all of it.
        long stale = sent.stream()
                .filter(span -> span.startTimeNanos() == startOfStale(now))
                .count();
        assertThat(gateway.metric("traced_spans_accepted_total")).isEqualTo(sent.size());
        assertThat(gateway.metric("traced_spans_stale_total")).isPositive().isEqualTo(stale);
        assertThat(gateway.metric("traced_spans_sampled_out_total"))
                .isPositive()
                .isEqualTo(sent.size() - stale - kept().size());
        assertThat(gateway.metric("traced_spans_published_total"))
                .isEqualTo(kept().size())
                .isEqualTo(spansInTopic(Map.of()));
    }

    private static List<List<Request>> cut(List<Request> requests, int pieces) {
        int size = requests.size() / pieces;
        return IntStream.range(0, pieces)
                .mapToObj(i -> requests.subList(i * size, i == pieces - 1 ? requests.size() : (i + 1) * size))
                .toList();
    }

    private double count(String what) {
        return assembler.metric("traced_spans_" + what + "_total");
    }

    private void restart() throws Exception {
        startOfLife = committed();
        assembler = assembler();
        assembler.awaitReady();
    }

    private void post(Request request) {
        for (int i = 0; i < (request.delivery() == Delivery.ONCE ? 1 : 2); i++) {
            post(request.spans());
        }
    }

    private void post(List<WireSpan> spans) {
        Answer<String> answer = gateway.client().post(spans);
        assertThat(answer.status()).as(answer.problem()).isEqualTo(202);
        sent.addAll(spans);
    }

    /** What was sent and passed the gateway. */
    private List<WireSpan> kept() {
        return kept(sent);
    }

    private static List<WireSpan> kept(List<WireSpan> spans) {
        return spans.stream()
                .filter(span -> span.startTimeNanos() > WallClock.nowNanos() - 2 * WINDOW.toNanos())
                .filter(span -> {
                    TraceId id = TraceId.parse(span.traceId());
                    return SamplingRates.keep(id.high(), id.low(), RATE);
                })
                .toList();
    }

    private static Set<String> ids(List<WireSpan> spans) {
        Set<String> ids = new HashSet<>();
        spans.forEach(span -> ids.add(span.traceId() + span.spanId()));
        return ids;
    }

    /** The list, its total and every detail are those of what was kept. */
    private void assertStoreIsWhole() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> query.list(ListQuery.newest(1)).isOk());
        Oracle oracle = Oracle.of(kept(), new Visibility(WINDOW, Duration.ZERO));
        assertThat(query.list(ListQuery.newest(1_000)).orThrow())
                .isEqualTo(oracle.list(ListQuery.newest(1_000), WallClock.nowNanos()));
        Set<String> traces = new LinkedHashSet<>();
        kept().forEach(span -> traces.add(span.traceId()));
        for (String trace : traces) {
            Answer<List<WireSpan>> detail = query.get(trace);
            assertThat(detail.isOk() ? detail.orThrow() : List.of())
                    .as("%s: %s", trace, detail.problem())
                    .isEqualTo(oracle.detail(trace, WallClock.nowNanos()).orElse(List.of()));
        }
    }

    private static long startOfStale(Instant now) {
        return TimeUnit.SECONDS.toNanos(now.minus(Duration.ofHours(2)).getEpochSecond());
    }

    private static List<WireSpan> stale(Instant now) {
        return IntStream.range(0, STALE)
                .mapToObj(i -> root(new UUID(i, 1), startOfStale(now)))
                .toList();
    }

    private static WireSpan root(UUID trace, long start) {
        return new WireSpan(
                trace.toString(), trace.toString(), null, "checkout", "GET /", start, start + 1, WireSpan.OK, null);
    }

    private static List<TopicPartition> partitions() {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(Topics.SPANS, partition))
                .toList();
    }

    /** Of topic spans, the next offset of each partition that has one. */
    private Map<TopicPartition, Long> committed() throws Exception {
        String group = "traced-assembler-" + WINDOW.toSeconds() + "s";
        Map<TopicPartition, Long> committed = new HashMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(10, TimeUnit.SECONDS)
                .forEach((partition, offset) -> {
                    if (partition.topic().equals(Topics.SPANS) && offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    private Map<TopicPartition, Long> ends() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(partitions());
        }
    }

    /** How many spans there are from these offsets on; from the beginning where there is none. */
    private long spansInTopic(Map<TopicPartition, Long> from) {
        long spans = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(partitions());
            partitions().forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions());
            while (partitions().stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    spans += SpanDecoder.decode(record.value()).size();
                }
            }
        }
        return spans;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
