package dev.traced.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.traced.model.Span;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpIdsTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shortened_isWhatParsingAndChangingTheMessagesComesTo(long seed) throws InvalidProtocolBufferException {
        RandomSpans random = new RandomSpans(seed);
        for (int i = 0; i < 300; i++) {
            List<Span> spans = random.trace(1 + i % 40);
            for (byte[] value : SpanEncoder.encode(spans)) {
                List<io.opentelemetry.proto.trace.v1.Span> shortened =
                        spans(TracesData.parseFrom(OtlpIds.shortened(value)));

                assertThat(shortened)
                        .containsExactlyInAnyOrderElementsOf(spans(OtlpView.of(List.of(value))))
                        .allMatch(span -> span.getSpanId().size() == 8)
                        .allMatch(span -> span.getParentSpanId().size() % 8 == 0
                                && span.getParentSpanId().size() <= 8);
            }
        }
    }

    @Test
    void valueThatIsOtlpAlready_isNotCopied() {
        byte[] value = TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setSchemaUrl("s")
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(io.opentelemetry.proto.trace.v1.Span.newBuilder()
                                        .setTraceId(ByteString.copyFrom(new byte[16]))
                                        .setSpanId(ByteString.copyFrom(new byte[8]))
                                        .setName("n"))))
                .build()
                .toByteArray();

        assertThat(OtlpIds.shortened(value)).isSameAs(value);
    }

    @Test
    void whatIsNotTracesData_isSaid() {
        assertThatThrownBy(() -> OtlpIds.shortened(new byte[] {10, 9, 18}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not OTLP TracesData");
    }

    private static List<io.opentelemetry.proto.trace.v1.Span> spans(TracesData data) {
        return data.getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }
}
