package dev.traced.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.traced.ingest.Mutations;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.receive.Admission;
import dev.traced.testing.otlp.RandomOtlp;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OtlpFuzzTest {
    private static final int MUTATIONS = Boolean.getBoolean("traced.long") ? 100_000 : 20_000;
    private static final long START = 1_760_000_000_000_000_000L;

    @ParameterizedTest
    @EnumSource
    void mutatedPayload_isRefusedOrReadable(OtlpEncoding encoding) throws IOException {
        long seed = Long.getLong("traced.seed", System.nanoTime());
        RandomOtlp random = new RandomOtlp(seed, START);
        List<byte[]> originals = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            List<ByteString> traces = List.of(random.id(16), random.id(16));
            originals.add(encoding.write(ExportTraceServiceRequest.newBuilder()
                    .addAllResourceSpans(random.request(3, traces))
                    .build()));
        }

        int taken = new Mutations(seed)
                .run(MUTATIONS, originals, body -> OtlpTracesProtocol.read(encoding, body, Admission.from(0)));

        assertThat(taken).isBetween(MUTATIONS / 100, MUTATIONS - MUTATIONS / 100);
    }

    @ParameterizedTest
    @EnumSource
    void mutatedLogs_areRefusedOrReadable(OtlpEncoding encoding) throws IOException {
        long seed = Long.getLong("traced.seed", System.nanoTime());
        RandomOtlp random = new RandomOtlp(seed, START);
        List<byte[]> originals = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Span span = random.request(1, List.of(random.id(16)))
                    .get(0)
                    .getScopeSpans(0)
                    .getSpans(0);
            originals.add(encoding.write(ExportLogsServiceRequest.newBuilder()
                    .addResourceLogs(ResourceLogs.newBuilder()
                            .addScopeLogs(ScopeLogs.newBuilder()
                                    .addLogRecords(LogRecord.newBuilder()
                                            .setTraceId(span.getTraceId())
                                            .setSpanId(span.getSpanId())
                                            .setTimeUnixNano(START)
                                            .setSeverityNumberValue(i % 25)
                                            .setBody(AnyValue.newBuilder().setStringValue(span.getName()))
                                            .addAllAttributes(span.getAttributesList()))))
                    .build()));
        }

        int taken = new Mutations(seed).run(MUTATIONS, originals, body -> OtlpLogsProtocol.read(encoding, body, 0));

        assertThat(taken).isBetween(MUTATIONS / 100, MUTATIONS - MUTATIONS / 100);
    }

    @Test
    void nestingBeyondWhatCanBeReadBack_isRefused() throws IOException {
        String deep = "{\"arrayValue\":{\"values\":[".repeat(60) + "{}" + "]}}".repeat(60);
        byte[] body = ("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"a\",\"value\":" + deep + "}]}}]}")
                .getBytes(StandardCharsets.UTF_8);

        BodyBuffer buffer = new BodyBuffer(1 << 20, new ByteBudget(1 << 20));
        buffer.readAll(new ByteArrayInputStream(body), () -> {});

        assertThatThrownBy(() -> OtlpTracesProtocol.read(OtlpEncoding.JSON, buffer, Admission.from(0)))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("nested deeper than 100 messages");
    }
}
