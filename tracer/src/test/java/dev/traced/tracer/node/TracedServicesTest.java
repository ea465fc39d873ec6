package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracedServicesTest {
    private static final String W3C = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

    private final Talk talk = new Talk();

    private String say(String line) {
        return String.join("\n", talk.say(line));
    }

    private JsonNode request(String dest, String headers) {
        return Talk.json(say("{'src':'user','dest':'" + dest + "','body':{'type':'http_request','headers':{" + headers
                        + "}}}"))
                .get("body");
    }

    private void instrument(String services) {
        say("{'type':'instrument_service','services':[" + services + "]}");
    }

    @Test
    void request_continuesTheTraceOfItsCaller() {
        assertThat(request("service_payment", "'TraceParent':'" + W3C + "'"))
                .isEqualTo(
                        Talk.json(
                                "{'type':'http_response','span':{'trace_id':'4bf92f3577b34da6a3ce929d0e0e4736','span_id':'span_payment','parent_span_id':'00f067aa0ba902b7'}}"));
    }

    /** A request must not fail because of its headers: W3C Trace Context has the trace begin anew. */
    @ParameterizedTest
    @ValueSource(strings = {"", "'traceparent':'nonsense'", "'traceparent':'ff-trace123-span_a-01'"})
    void requestThatContinuesNothing_beginsATrace(String headers) {
        JsonNode span = request("web", headers).get("span");

        assertThat(span.get("trace_id").textValue()).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
        assertThat(span.get("span_id").textValue()).isEqualTo("span_web");
        assertThat(span.get("parent_span_id").isNull()).isTrue();
        assertThat(request("web", headers).get("span").get("trace_id")).isNotEqualTo(span.get("trace_id"));
    }

    @Test
    void requestToAServiceOfAChain_goesThroughTheRest() {
        instrument("'web','api','db'");

        assertThat(request("api", "").toString()).contains("\"services\":[\"api\",\"db\"],\"span_count\":2");
        assertThat(request("db", "").toString()).contains("\"services\":[\"db\"],\"span_count\":1");
        assertThat(request("other", "").get("type").textValue()).isEqualTo("http_response");
    }

    @Test
    void chain_isOneTrace_whichTheCollectorHasWhole() {
        instrument("'web','api','db'");
        String traceId = request("web", "").get("trace_id").textValue();
        String caller = "'traceparent':'00-trace123-span_a-00'";
        assertThat(request("web", caller).toString())
                .contains("\"trace_id\":\"trace123\"", "\"services\":[\"web\",\"api\",\"db\"],\"span_count\":3");

        assertThat(traceId).matches("[0-9a-f]{32}");
        assertThat(talk.quiet()).as("told already, or without its root").isEmpty();
        assertThat(say("{'type':'query_traces','service':'db','time_range':'1h'}"))
                .contains("'traces':2");
        // web takes 5 steps of the clock, while api and db begin and end: the spans are below each other.
        assertThat(say("{'type':'query_traces','service':'web'}")).contains("'avg_duration_ms':25");
        say("{'type':'span','trace_id':'trace123','span_id':'span_a','service':'caller'}");
        assertThat(talk.quiet()).containsExactly("{'type':'trace_complete','trace_id':'trace123','span_count':4}");
    }

    @Test
    void requestWithinATraceThatIsCollected_doesNotCloseItForItsSender() {
        instrument("'web'");
        say("{'type':'span','trace_id':'trace123','span_id':'span_a','service':'caller'}");
        request("web", "'traceparent':'00-trace123-span_a-01'");

        assertThat(talk.quiet()).containsExactly("{'type':'trace_complete','trace_id':'trace123','span_count':2}");
    }

    @Test
    void serviceThatIsNamedAgain_isOfTheLaterMessage_andWrappedOnce() {
        instrument("'web','api','db'");
        instrument("'web','api','db'");
        assertThat(request("web", "").get("span_count").intValue()).isEqualTo(3);

        instrument("'api','cache','api'");
        assertThat(request("api", "").toString()).contains("[\"api\",\"cache\"]");
        assertThat(request("web", "").toString()).contains("[\"web\",\"api\",\"db\"]");
    }

    @Test
    void withoutAuto_nothingIsWrapped() {
        instrument("'web','api'");
        assertThat(say("{'type':'instrument_service','services':['web'],'auto':false}"))
                .isEqualTo("{'type':'instrumentation_ok','services':['web']}");

        assertThat(request("web", "").get("type").textValue()).isEqualTo("http_response");
        assertThat(request("api", "").get("type").textValue()).isEqualTo("trace_complete");
    }

    @Test
    void oldestChains_go() {
        for (int i = 0; i < 1001; i++) {
            instrument("'s" + i + "'");
        }
        assertThat(request("s0", "").get("type").textValue()).isEqualTo("http_response");
        assertThat(request("s1", "").get("type").textValue()).isEqualTo("trace_complete");
    }
}
