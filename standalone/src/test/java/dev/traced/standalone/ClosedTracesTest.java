package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import dev.traced.topics.Topics;
import dev.traced.topics.TraceEvent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reads topic {@code traces} has each trace once and whole, through kills, duplicates and late spans. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class ClosedTracesTest {
    @TempDir
    Path data;

    @Test
    void highestRevisionOfEachTrace_isWhatItsDetailShows_afterKills() throws Exception {
        Workload workload = Workload.generate(
                FullLength.seed(),
                Instant.now(),
                WorkloadShape.DEFAULT.withTraces(900).withLargestBatch(20));
        String kafkaPort = Integer.toString(TracedProcess.freePort());
        String[] more = {"--kafka-port", kafkaPort, "--trace-idle-seconds", "1"};
        TracedProcess up = TracedProcess.up(data, more);
        int port = up.port();
        TracedClient client = new TracedClient(URI.create("http://127.0.0.1:" + port));
        Verifier verifier =
                new Verifier(client, VerifierSettings.DEFAULT.withWriters(8).withReaders(2));
        try {
            CompletableFuture<Report> writing = verifier.writeInBackground(workload);
            for (int kills = 1; kills <= 2; kills++) {
                long spans = kills * workload.spanCount() / 3;
                await().atMost(Duration.ofMinutes(2)).until(() -> verifier.acknowledgedSpans() >= spans);
                up.kill();
                up = TracedProcess.up(data, port, more);
            }
            writing.get(3, TimeUnit.MINUTES);
            verifier.check().assertClean();
            TracedProcess last = up;
            await().atMost(Duration.ofSeconds(30)).until(() -> last.metric("traced_traces_open") == 0);

            Map<TraceId, Map<Integer, TraceEvent>> closed = closed("127.0.0.1:" + kafkaPort);

            List<ListedTrace> listed =
                    client.list(ListQuery.newest(1_000)).orThrow().traces();
            assertThat(listed).hasSizeGreaterThan(500);
            for (ListedTrace trace : listed) {
                Map<Integer, TraceEvent> parts = closed.get(TraceId.parse(trace.traceId()));
                assertThat(parts).as(trace.toString()).isNotNull();
                assertThat(ids(parts))
                        .as(trace.toString())
                        .isEqualTo(ids(client.get(trace.traceId()).orThrow()));
                assertThat(parts.values()).allMatch(part -> part.parts() == parts.size());
            }
        } finally {
            up.close();
        }
    }

    /** Of each trace the parts of its highest revision, by their numbers. */
    private static Map<TraceId, Map<Integer, TraceEvent>> closed(String bootstrapServers) {
        Map<TraceId, Map<Integer, TraceEvent>> closed = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.TRACES).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    TraceEvent event = TraceEvent.read(record.key(), record.headers(), record.value());
                    Map<Integer, TraceEvent> parts = closed.computeIfAbsent(event.traceId(), id -> new HashMap<>());
                    long known = parts.values().stream()
                            .mapToLong(TraceEvent::revision)
                            .max()
                            .orElse(0);
                    if (event.revision() > known) {
                        parts.clear();
                    }
                    if (event.revision() >= known) {
                        parts.put(event.part(), event);
                    }
                }
            }
        }
        return closed;
    }

    private static Set<Long> ids(Map<Integer, TraceEvent> parts) {
        Set<Long> ids = new TreeSet<>();
        parts.values().forEach(part -> part.spans().getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .forEach(span -> ids.add(span.getSpanId().asReadOnlyByteBuffer().getLong())));
        return ids;
    }

    private static Set<Long> ids(List<WireSpan> spans) {
        Set<Long> ids = new TreeSet<>();
        spans.forEach(span -> ids.add(SpanId.parse(span.spanId()).to64Bits()));
        return ids;
    }
}
