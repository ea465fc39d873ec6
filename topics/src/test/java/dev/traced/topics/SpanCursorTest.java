package dev.traced.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import org.junit.jupiter.api.Test;

/** What others may have written to the topic. That it reads what we write is told by {@link SpanEncoderTest}. */
class SpanCursorTest {
    private static final ByteString TRACE =
            ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private static final ByteString SPAN = TRACE.substring(8);

    @Test
    void spanWithoutAnId_isRefused_andDoesNotTakeThatOfTheSpanBefore() {
        Span whole = span().build();

        assertThatThrownBy(() -> walk(whole, span().clearSpanId().build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without span_id");
        assertThatThrownBy(() -> walk(whole, span().clearTraceId().build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without trace_id");
    }

    @Test
    void idOfAnotherLength_isRefused_ofTheParentToo() {
        ByteString long_ = TRACE.concat(SPAN);

        assertThatThrownBy(() -> walk(span().setTraceId(long_).build())).hasMessageContaining("an id of 24 bytes");
        assertThatThrownBy(() -> walk(span().setSpanId(SPAN.substring(1)).build()))
                .hasMessageContaining("an id of 7 bytes");
        assertThatThrownBy(() -> walk(span().setParentSpanId(long_).build())).hasMessageContaining("an id of 24 bytes");
    }

    @Test
    void knownFieldInAnotherEncoding_isAnUnknownField_asForProtobuf() {
        UnknownFieldSet nameAsNumber = UnknownFieldSet.newBuilder()
                .addField(
                        Span.NAME_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder().addVarint(1_000_000).build())
                .build();

        SpanCursor cursor =
                new SpanCursor(data(span().setUnknownFields(nameAsNumber).build()));

        assertThat(cursor.next()).isTrue();
        assertThat(cursor.operation()).isEqualTo("GET /");
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void longName_isCutBetweenCharacters() {
        SpanCursor cursor =
                new SpanCursor(data(span().setName("x" + "\u00e9".repeat(1_000)).build()));

        assertThat(cursor.next()).isTrue();
        assertThat(cursor.operation()).isEqualTo("x" + "\u00e9".repeat(511));
    }

    private static Span.Builder span() {
        return Span.newBuilder().setTraceId(TRACE).setSpanId(SPAN).setName("GET /");
    }

    private static void walk(Span... spans) {
        SpanCursor cursor = new SpanCursor(data(spans));
        int count = 0;
        while (cursor.next()) {
            count++;
        }
        assertThat(count).isEqualTo(spans.length);
    }

    private static byte[] data(Span... spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (Span span : spans) {
            scope.addSpans(span);
        }
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                .build()
                .toByteArray();
    }
}
