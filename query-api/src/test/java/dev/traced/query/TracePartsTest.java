package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.traced.model.TraceId;
import dev.traced.topics.TraceEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracePartsTest {
    private final TraceParts parts = new TraceParts();

    private static TraceEvent part(int trace, int part, int of) {
        return new TraceEvent(
                new TraceId(0, trace),
                TraceEvent.Kind.TRACE_COMPLETE,
                1,
                1,
                null,
                List.of(),
                part,
                of,
                ByteString.EMPTY);
    }

    @Test
    void lastPart_tellsWhereTheFirstLies() {
        assertThat(parts.add(part(1, 1, 3), 10)).isNegative();
        assertThat(parts.add(part(1, 2, 3), 12)).isNegative();
        assertThat(parts.readFrom(13)).isEqualTo(10);
        assertThat(parts.add(part(1, 3, 3), 13)).isEqualTo(10);
        assertThat(parts.readFrom(14)).isEqualTo(14);
    }

    @Test
    void partsThatComeAgain_beginAnew() {
        parts.add(part(1, 1, 3), 10);
        parts.add(part(1, 2, 3), 11);
        parts.add(part(1, 1, 3), 12);
        assertThat(parts.add(part(1, 3, 3), 13)).isNegative();
        assertThat(parts.add(part(1, 2, 3), 14)).isNegative();
        assertThat(parts.add(part(1, 3, 3), 15)).isEqualTo(12);
    }

    @Test
    void partsWithoutAFirst_areNoTrace() {
        assertThat(parts.add(part(1, 2, 2), 10)).isNegative();
        parts.add(part(1, 1, 2), 11);
        assertThat(parts.add(part(2, 2, 2), 12)).isNegative();
        assertThat(parts.add(part(1, 2, 2), 13)).isEqualTo(11);
    }
}
