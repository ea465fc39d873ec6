package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What W3C Trace Context level 2 wants of any service, however it gets and makes its calls. */
abstract class TraceContextRules {
    /** Sends a request to the service and returns the headers of each of the calls that it makes. */
    abstract List<HeaderLines> callsOf(HeaderLines request, int count) throws Exception;

    static Stream<TraceContextCase> cases() {
        return TraceContextCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void callHasWhatTheRuleSays(TraceContextCase rule) throws Exception {
        HeaderLines call = callsOf(new HeaderLines(rule.request()), 1).get(0);

        TraceParent parent = traceparent(call);
        if (rule.traceId() == null) {
            assertThat(parent.traceId()).isNotEqualTo(TraceContextCase.TRACE);
            assertThat(rule.request().toString()).doesNotContain(parent.traceId());
        } else {
            assertThat(parent.traceId()).isEqualTo(rule.traceId());
        }
        assertThat(parent.parentId()).isNotEqualTo(TraceContextCase.SPAN);
        assertThat(parent.flags().asHex()).isEqualTo(rule.flags());
        assertThat(call.values("tracestate"))
                .isEqualTo(
                        rule.state().isEmpty()
                                ? List.of()
                                : List.of(rule.state().strip()));
    }

    @Test
    void everyCallHasAParentIdOfItsOwn() throws Exception {
        List<HeaderLines> calls = callsOf(HeaderLines.of("traceparent: " + TraceContextCase.traceparent("01")), 5);

        List<TraceParent> parents = new ArrayList<>();
        calls.forEach(call -> parents.add(traceparent(call)));
        assertThat(parents).hasSize(5);
        assertThat(parents).extracting(TraceParent::traceId).containsOnly(TraceContextCase.TRACE);
        assertThat(parents)
                .extracting(TraceParent::parentId)
                .doesNotHaveDuplicates()
                .doesNotContain(TraceContextCase.SPAN);
    }

    @Test
    void callsOfOneRequestAreOfOneTrace_ofDifferentRequestsNot() throws Exception {
        List<HeaderLines> first = callsOf(HeaderLines.of("traceparent: broken"), 3);
        List<HeaderLines> second = callsOf(HeaderLines.of(), 1);

        assertThat(first)
                .extracting(call -> traceparent(call).traceId())
                .hasSize(3)
                .containsOnly(traceparent(first.get(0)).traceId());
        assertThat(first).extracting(call -> traceparent(call).parentId()).doesNotHaveDuplicates();
        assertThat(traceparent(second.get(0)).traceId())
                .isNotEqualTo(traceparent(first.get(0)).traceId());
    }

    @Test
    void baggageIsPassedOn_withOrWithoutATrace() throws Exception {
        HeaderLines request = HeaderLines.of("baggage: tenant=acme;tier=1", "baggage: path=a%2Cb%20c,broken,empty=");

        String baggage = callsOf(request, 1).get(0).values("baggage").get(0);

        assertThat(baggage.split(",")).containsExactlyInAnyOrder("tenant=acme;tier=1", "path=a%2Cb%20c", "empty=");
    }

    private static TraceParent traceparent(HeaderLines call) {
        assertThat(call.values("traceparent")).hasSize(1);
        String header = call.values("traceparent").get(0);
        assertThat(header).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
        return TraceParent.parse(header);
    }
}
