package dev.traced.tracer.propagation;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules, of a service that is called over HTTP and calls others. */
class TraceContextServiceTest extends TraceContextRules {
    private static TraceContextService service;
    private static CallRecorder recorder;

    @BeforeAll
    static void start() {
        recorder = CallRecorder.start();
        service = TraceContextService.start(0);
    }

    @AfterAll
    static void stop() {
        service.close();
        recorder.close();
    }

    @Override
    List<HeaderLines> callsOf(HeaderLines request, int count) throws Exception {
        String calls = IntStream.range(0, count)
                .mapToObj(i -> call(recorder.url(), "[]"))
                .collect(joining(",", "[", "]"));
        return callsOf(request, calls);
    }

    @Test
    void traceGoesThroughServicesThatCallServices() throws Exception {
        String last = "[" + call(recorder.url(), "[]") + "]";
        String calls = "[" + call(service.url(), "[" + call(service.url(), last) + "]") + "]";

        List<HeaderLines> made = callsOf(
                HeaderLines.of("traceparent: " + TraceContextCase.traceparent("02"), "tracestate: 5g=1,a@b@c=2"),
                calls);

        assertThat(made).hasSize(1);
        assertThat(made.get(0).values("tracestate")).containsExactly("5g=1,a@b@c=2");
        TraceParent parent = TraceParent.parse(made.get(0).values("traceparent").get(0));
        assertThat(parent.traceId()).isEqualTo(TraceContextCase.TRACE);
        assertThat(parent.flags().asHex()).isEqualTo("02");
    }

    private static List<HeaderLines> callsOf(HeaderLines request, String calls) throws Exception {
        assertThat(RawHttp.post(service.url(), request, calls)).startsWith("HTTP/1.1 200");
        return recorder.take();
    }

    private static String call(URI url, String arguments) {
        return "{\"url\":\"" + url + "\",\"arguments\":" + arguments + "}";
    }
}
