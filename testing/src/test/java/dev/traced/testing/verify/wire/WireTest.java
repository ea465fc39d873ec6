package dev.traced.testing.verify.wire;

import static dev.traced.testing.verify.TestSpans.child;
import static dev.traced.testing.verify.TestSpans.id;
import static dev.traced.testing.verify.TestSpans.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.testing.verify.wire.AnswerJson.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {

    private static final String SPAN = "{'trace_id':'" + id(1) + "','span_id':'" + id(2) + "','service':'s',"
            + "'operation':'o','start_time':1767225600000000001,'end_time':1767225600000000002,'status':'ok'";

    @Test
    void body_isTheContracts() {
        String body = new String(SpanJson.plain(List.of(child(1, 2, 3, 0))), StandardCharsets.UTF_8);

        assertThat(body)
                .isEqualTo(json("{'spans':[{'trace_id':'" + id(1) + "','span_id':'" + id(2) + "','parent_span_id':'"
                        + id(3) + "','service':'service 2','operation':'operation 2','start_time':1767225600000000000,"
                        + "'end_time':1767225600010000000,'status':'ok','tags':{'k':'v'}}]}"));
    }

    @Test
    void span_readsBackAsSent() throws MalformedException {
        for (WireSpan span : List.of(child(1, 2, 3, 0), root(1, 2, 0).withTags(null))) {
            byte[] body = SpanJson.plain(List.of(span));

            assertThat(AnswerJson.span(AnswerJson.parse(body).path("spans").path(0)))
                    .isEqualTo(span);
        }
    }

    @Test
    void absentIsNotEmpty() throws MalformedException {
        assertThat(span("}").tags()).isNull();
        assertThat(span("}").parentSpanId()).isNull();
        assertThat(span(",'tags':{}}").tags()).isEmpty();
    }

    @Test
    void extraFields_areIgnored() throws MalformedException {
        assertThat(span(",'duration':5}")).isEqualTo(span("}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",'parent_span_id':null}",
                ",'parent_span_id':'0000000A-0000-0000-0000-000000000000'}",
                ",'tags':null}",
                ",'tags':{'a':1}}",
                ",'status':'ok'}",
                "}}",
            })
    void wrongSpan_isMalformed(String rest) {
        assertThatThrownBy(() -> span(rest)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'traces':[]}",
                "{'traces':{},'total':0}",
                "{'traces':[],'total':'0'}",
                "{'traces':[],'total':0.5}",
                "[]",
                ""
            })
    void wrongList_isMalformed(String text) {
        assertThatThrownBy(() -> AnswerJson.list(AnswerJson.parse(json(text).getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void query_rendersOnlyWhatIsSet() {
        assertThat(new ListQuery(null, null, null).path()).isEqualTo("/traces");
        assertThat(new ListQuery(5, 1L, 2L).path()).isEqualTo("/traces?limit=5&after=1&before=2");
    }

    private static WireSpan span(String rest) throws MalformedException {
        return AnswerJson.span(AnswerJson.parse(json(SPAN + rest).getBytes(StandardCharsets.UTF_8)));
    }

    private static String json(String quotedSimply) {
        return quotedSimply.replace('\'', '"');
    }
}
