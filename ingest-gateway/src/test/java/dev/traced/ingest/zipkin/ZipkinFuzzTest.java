package dev.traced.ingest.zipkin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.ingest.Mutations;
import dev.traced.ingest.receive.Admission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.SpanBytesEncoder;

class ZipkinFuzzTest {
    private static final int MUTATIONS = Boolean.getBoolean("traced.long") ? 100_000 : 20_000;
    private static final long START_US = 1_760_000_000_000_000L;

    @ParameterizedTest
    @EnumSource(names = {"JSON_V2", "PROTO3"})
    void mutatedPayload_isRefusedOrReadable(SpanBytesEncoder encoder) throws IOException {
        List<byte[]> originals = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            originals.add(encoder.encodeList(List.of(span(i, false), span(i, true))));
        }
        String type = encoder == SpanBytesEncoder.PROTO3 ? "application/x-protobuf" : "application/json";

        int taken = new Mutations(Long.getLong("traced.seed", System.nanoTime()))
                .run(
                        MUTATIONS,
                        originals,
                        body -> ZipkinProtocol.read(type, body, START_US * 1_000, Admission.from(0)));

        assertThat(taken).isBetween(MUTATIONS / 100, MUTATIONS - MUTATIONS / 100);
    }

    private static Span span(int i, boolean shared) {
        return Span.newBuilder()
                .traceId(i + 1L, 7)
                .id(i + 1)
                .parentId(i % 3 == 0 ? null : "77")
                .kind(shared ? Span.Kind.SERVER : Span.Kind.values()[i % 4])
                .shared(shared)
                .name("name " + i)
                .timestamp(START_US + i)
                .duration(i)
                .localEndpoint(Endpoint.newBuilder()
                        .serviceName("a")
                        .ip("10.0.0." + i)
                        .port(i)
                        .build())
                .remoteEndpoint(Endpoint.newBuilder().serviceName("b").ip("::1").build())
                .addAnnotation(START_US, "sent \u65e5")
                .putTag("key", "value \ud83d\ude80")
                .putTag("error", "")
                .build();
    }
}
