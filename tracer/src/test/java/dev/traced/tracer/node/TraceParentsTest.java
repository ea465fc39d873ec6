package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentsTest {
    private final Talk talk = new Talk();

    private String say(String line) {
        return String.join("\n", talk.say(line));
    }

    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, false",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03, true",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe, false",
        "00-trace123-span_a-01, true",
        "cc-trace123-span_a-01-what-comes-later, true",
    })
    void traceparent_isReadAndWritten(String header, boolean isSampled) {
        String[] parts = header.split("-");
        String ids = "'trace_id':'" + parts[1] + "','parent_span_id':'" + parts[2] + "','sampled':" + isSampled + "}";

        assertThat(say("{'type':'parse_traceparent','traceparent':'" + header + "'}"))
                .isEqualTo("{'type':'parse_ok'," + ids);
        assertThat(say("{'type':'generate_traceparent'," + ids))
                .isEqualTo("{'type':'traceparent_ok','traceparent':'00-" + parts[1] + "-" + parts[2] + "-"
                        + (isSampled ? "01" : "00") + "'}");
    }

    @Test
    void traceparent_isWrittenOfAContext() {
        assertThat(say("{'type':'generate_traceparent','msg_id':1,'trace_id':'t','span_id':'s'}"))
                .isEqualTo("{'type':'traceparent_ok','in_reply_to':1,'traceparent':'00-t-s-01'}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00--span_a-01",
                "00-trace123--01",
                "nonsense",
            })
    void traceparent_mayHaveAnyIds_andNothingElseThatIsWrong(String header) {
        assertThat(say("{'type':'parse_traceparent','traceparent':'" + header + "'}"))
                .startsWith("{'type':'error','code':12,'text':'traceparent");
    }
}
