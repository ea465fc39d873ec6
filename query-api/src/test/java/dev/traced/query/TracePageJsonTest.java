package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TracePageJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an assembler writes and a query service reads. */
class TracePageJsonTest {
    @Test
    void page_isReadAsItWasWritten() throws IOException {
        // Given
        TracePage page = new TracePage(
                List.of(
                        new TraceSummary(
                                new TraceId(-1, 1),
                                "",
                                "\"\\\n\u2028 \uD83D\uDE00",
                                Long.MAX_VALUE,
                                0,
                                1,
                                SpanStatus.OK),
                        new TraceSummary(new TraceId(0, 0), "s", "", 0, Long.MAX_VALUE, 1L << 40, SpanStatus.ERROR),
                        new TraceSummary(
                                new TraceId(0, 1),
                                "s",
                                "",
                                0,
                                1,
                                1,
                                SpanStatus.OK,
                                new TraceShape(true, 7, 3, List.of("a", ""), false, true))),
                Long.MAX_VALUE);

        // When
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        TracePageJson.write(page, json);

        // Then
        assertThat(TracePageJson.read(new ByteArrayInputStream(json.toByteArray())))
                .isEqualTo(page);
    }

    @Test
    void emptyPage_isReadAsItWasWritten() throws IOException {
        // When
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        TracePageJson.write(new TracePage(List.of(), 0), json);

        // Then
        assertThat(json).hasToString("{\"total\":0,\"traces\":[]}");
        assertThat(TracePageJson.read(new ByteArrayInputStream(json.toByteArray())))
                .isEqualTo(new TracePage(List.of(), 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"error\":\"x\"}",
                "{\"total\":1}",
                "{\"total\":1,\"traces\":[[\"x\",\"s\",\"o\",1,2,3,\"ok\"]]}",
                "{\"total\":1,\"traces\":[[\"00000000-0000-0000-0000-000000000001\",\"s\",\"o\",1,2,3,\"ok\",4]]}",
                "{\"total\":1,\"traces\":[[\"00000000-0000-0000-0000-000000000001\",\"s\",null,1,2,3,\"ok\"]]}",
                "{\"total\":1,\"traces\":[[\"00000000-0000-0000-0000-000000000001\",\"s\",\"o\",1,2"
            })
    void anythingElse_isRefused(String json) {
        assertThatThrownBy(() -> TracePageJson.read(new ByteArrayInputStream(json.getBytes(UTF_8))))
                .isInstanceOf(IOException.class);
    }
}
