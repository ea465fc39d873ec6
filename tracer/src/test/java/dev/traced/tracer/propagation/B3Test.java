package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.traced.tracer.propagation.Propagation.Format;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes with B3, and how it goes on; openzipkin's b3-propagation says so. */
class B3Test {
    private static final String TRACE = "463ac35c9f6413ad48485a3953bb6124";
    private static final String SHORT_TRACE = "48485a3953bb6124";
    private static final String SPAN = "a2fb4a1d1a96d312";
    private static final String PARENT = "0020000000000001";
    private static final String IDS = TRACE + "-" + SPAN;

    @ParameterizedTest
    @MethodSource
    void trace_goesOn(List<String> request, String traceId, boolean sampled) {
        SpanContext caller = caller(request);

        assertThat(caller.getTraceId()).isEqualTo(traceId);
        assertThat(caller.getSpanId()).isEqualTo(SPAN);
        assertThat(caller.isSampled()).isEqualTo(sampled);
        assertThat(caller.isRemote()).isTrue();
        assertThat(caller.getTraceFlags().isTraceIdRandom()).isFalse(); // B3 does not say that it is
    }

    static Stream<Arguments> trace_goesOn() {
        String multi = "X-B3-TraceId: " + TRACE;
        String span = "X-B3-SpanId: " + SPAN;
        String wideTrace = "0000000000000000" + SHORT_TRACE;
        return Stream.of(
                argumentSet("accepted", List.of("b3: " + IDS + "-1"), TRACE, true),
                argumentSet("denied", List.of("b3: " + IDS + "-0"), TRACE, false),
                argumentSet("debug", List.of("b3: " + IDS + "-d"), TRACE, true),
                argumentSet("deferred", List.of("b3: " + IDS), TRACE, true),
                argumentSet("with a parent", List.of("b3: " + IDS + "-1-" + PARENT), TRACE, true),
                argumentSet("short id", List.of("b3: " + SHORT_TRACE + "-" + SPAN + "-1"), wideTrace, true),
                argumentSet("whitespace", List.of("B3: \t" + IDS + "-1 "), TRACE, true),
                argumentSet("multi accepted", List.of(multi, span, "X-B3-Sampled: 1"), TRACE, true),
                argumentSet("multi denied", List.of(multi, span, "X-B3-Sampled: 0"), TRACE, false),
                argumentSet("multi accepted of old", List.of(multi, span, "X-B3-Sampled: true"), TRACE, true),
                argumentSet("multi denied of old", List.of(multi, span, "X-B3-Sampled: false"), TRACE, false),
                argumentSet("multi debug", List.of(multi, span, "X-B3-Flags: 1"), TRACE, true),
                argumentSet("multi debug wins", List.of(multi, span, "X-B3-Flags: 1", "X-B3-Sampled: 0"), TRACE, true),
                argumentSet("multi, no debug", List.of(multi, span, "X-B3-Flags: 0", "X-B3-Sampled: 0"), TRACE, false),
                argumentSet("multi deferred", List.of(multi, span), TRACE, true),
                argumentSet("multi with a parent", List.of(multi, span, "X-B3-ParentSpanId: " + PARENT), TRACE, true),
                argumentSet("multi short id", List.of("x-b3-traceid: " + SHORT_TRACE, span), wideTrace, true),
                argumentSet(
                        "single wins", List.of("b3: " + IDS + "-0", "X-B3-TraceId: " + wideTrace, span), TRACE, false),
                argumentSet("broken single", List.of("b3: x", multi, span, "X-B3-Sampled: 0"), TRACE, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b3:",
                "b3: -",
                "b3: 2",
                "b3: D",
                "b3: 463ac35c9f6413ad48485a3953bb6124",
                "b3: 463ac35c9f6413ad48485a3953bb6124-",
                "b3: 463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-",
                "b3: 463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-x",
                "b3: 463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-",
                "b3: 463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1--",
                "b3: 463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001-1",
                "b3: 463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d31-1",
                "b3: 463ac35c9f6413ad48485a3953bb612-a2fb4a1d1a96d312-1",
                "b3: 463AC35C9F6413AD48485A3953BB6124-a2fb4a1d1a96d312-1",
                "b3: 00000000000000000000000000000000-a2fb4a1d1a96d312-1",
                "b3: 0000000000000000-a2fb4a1d1a96d312-1",
                "b3: 463ac35c9f6413ad48485a3953bb6124-0000000000000000-1",
                "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124",
                "X-B3-SpanId: a2fb4a1d1a96d312",
                "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124|X-B3-SpanId:",
                "X-B3-TraceId: x|X-B3-SpanId: a2fb4a1d1a96d312",
                "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124|X-B3-SpanId: a2fb4a1d1a96d312|X-B3-Sampled: maybe",
                "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124|X-B3-SpanId: a2fb4a1d1a96d312|X-B3-Sampled:",
                "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124|X-B3-SpanId: a2fb4a1d1a96d312|X-B3-ParentSpanId: -",
                "X-B3-Sampled: 2",
            })
    void brokenHeaders_areAsNone(String lines) {
        Context context = Context.root();

        assertThat(extract(context, List.of(lines.split("\\|")))).isSameAs(context);
    }

    @Test
    void deniedWithoutATrace_isNotSampled_norAreThoseCalled() {
        for (String request : List.of("b3: 0", "X-B3-Sampled: 0", "X-B3-Sampled: false")) {
            assertThat(calls(List.of(request), Format.W3C, Sampler.alwaysOn())
                            .values("traceparent")
                            .get(0))
                    .endsWith("-02"); // of random ids, which we have made
            assertThat(calls(List.of(request), Format.B3_SINGLE, Sampler.alwaysOn())
                            .values("b3")
                            .get(0))
                    .contains("-0");
        }
    }

    @Test
    void acceptedWithoutATrace_isSampledAgainstTheRate_asANewTrace() {
        for (String request : List.of("b3: 1", "b3: d", "X-B3-Sampled: 1", "X-B3-Flags: 1")) {
            assertThat(caller(List.of(request)).isValid()).isFalse();
            assertThat(calls(List.of(request), Format.W3C, Sampler.alwaysOff())
                            .values("traceparent")
                            .get(0))
                    .endsWith("-03");
        }
    }

    @Test
    void deferredDecision_isOurs() {
        List<String> request = List.of("b3: " + IDS);

        assertThat(calls(request, Format.B3_SINGLE, Sampler.alwaysOff())
                        .values("b3")
                        .get(0))
                .startsWith(TRACE)
                .endsWith("-0");
        assertThat(calls(request, Format.B3_SINGLE, Sampler.alwaysOn())
                        .values("b3")
                        .get(0))
                .startsWith(TRACE)
                .contains("-1-");
    }

    @Test
    void decisionOfTheCaller_isKeptAgainstTheRate() {
        assertThat(calls(List.of("b3: " + IDS + "-1"), Format.W3C, Sampler.alwaysOff())
                        .values("traceparent")
                        .get(0))
                .endsWith("-01");
        assertThat(calls(List.of("b3: " + IDS + "-0"), Format.W3C, Sampler.alwaysOn())
                        .values("traceparent")
                        .get(0))
                .endsWith("-00");
        assertThat(calls(List.of("traceparent: 00-" + IDS + "-01"), Format.W3C, Sampler.alwaysOff())
                        .values("traceparent")
                        .get(0))
                .endsWith("-01");
        assertThat(calls(List.of(), Format.W3C, Sampler.alwaysOff())
                        .values("traceparent")
                        .get(0))
                .endsWith("-02");
    }

    @Test
    void debug_goesOn() {
        assertThat(calls(List.of("b3: " + IDS + "-d"), Format.B3_SINGLE, Sampler.alwaysOff())
                        .values("b3")
                        .get(0))
                .contains("-d-");
        HeaderLines multi = calls(List.of("b3: d"), Format.B3_MULTI, Sampler.alwaysOff());
        assertThat(multi.values("X-B3-Flags")).containsExactly("1");
        assertThat(multi.values("X-B3-Sampled")).isEmpty();
    }

    @Test
    void singleHeader_isWrittenWithTheParent() {
        String header = calls(List.of("b3: " + IDS + "-1"), Format.B3_SINGLE, Sampler.alwaysOn())
                .values("b3")
                .get(0);

        assertThat(header).matches(TRACE + "-[0-9a-f]{16}-1-[0-9a-f]{16}").doesNotContain(SPAN);
    }

    @Test
    void multiHeaders_areWrittenWithTheParent() {
        HeaderLines call = calls(List.of("b3: " + IDS + "-1"), Format.B3_MULTI, Sampler.alwaysOn());

        assertThat(call.values("X-B3-TraceId")).containsExactly(TRACE);
        assertThat(call.values("X-B3-SpanId")).hasSize(1).doesNotContain(SPAN);
        assertThat(call.values("X-B3-ParentSpanId")).hasSize(1).doesNotContain(SPAN);
        assertThat(call.values("X-B3-Sampled")).containsExactly("1");
        assertThat(call.values("X-B3-Flags")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"B3_SINGLE", "B3_MULTI"})
    void shortId_goesOnAsItCame(Format format) {
        HeaderLines call = calls(List.of("b3: " + SHORT_TRACE + "-" + SPAN + "-1"), format, Sampler.alwaysOn());

        assertThat(
                        format == Format.B3_MULTI
                                ? call.values("X-B3-TraceId").get(0)
                                : call.values("b3").get(0).substring(0, 17))
                .startsWith(SHORT_TRACE);
        assertThat(caller(call.lines()).getTraceId()).isEqualTo("0000000000000000" + SHORT_TRACE);
    }

    @Test
    void passedThroughWithoutASpan_saysWhatWasSaid() {
        for (String header : List.of(IDS, IDS + "-0", IDS + "-1", IDS + "-d")) {
            Context received = extract(Context.root(), List.of("b3: " + header));
            HeaderLines call = HeaderLines.of();

            propagator(Format.B3_SINGLE, Format.B3_MULTI).inject(received, call, HeaderLines.SETTER);

            assertThat(call.values("b3")).containsExactly(header);
            assertThat(caller(call.lines().subList(1, call.lines().size())))
                    .isEqualTo(Span.fromContext(received).getSpanContext());
        }
    }

    @Test
    void namesInLowerCase_areReadWhereCaseCounts() {
        TextMapGetter<Map<String, String>> exactly = (headers, name) -> headers == null ? null : headers.get(name);
        Map<String, String> headers = Map.of("x-b3-traceid", TRACE, "x-b3-spanid", SPAN);

        Context received = propagator(Format.W3C).extract(Context.root(), headers, exactly);

        assertThat(Span.fromContext(received).getSpanContext().getTraceId()).isEqualTo(TRACE);
    }

    private static SpanContext caller(List<String> request) {
        return Span.fromContext(extract(Context.root(), request)).getSpanContext();
    }

    private static Context extract(Context context, List<String> request) {
        return propagator(Format.W3C).extract(context, new HeaderLines(request), HeaderLines.GETTER);
    }

    /** The headers of a call that is made by the service that gets the request. */
    private static HeaderLines calls(List<String> request, Format format, Sampler roots) {
        ContextPropagators propagators = Propagation.with(format);
        try (OpenTelemetrySdk telemetry = TestTelemetry.with(propagators, roots)) {
            Tracer tracer = telemetry.getTracer("test");
            Context server = started(tracer, extract(Context.root(), request));
            HeaderLines call = HeaderLines.of();
            propagators.getTextMapPropagator().inject(started(tracer, server), call, HeaderLines.SETTER);
            return call;
        }
    }

    private static Context started(Tracer tracer, Context parent) {
        return parent.with(tracer.spanBuilder("span").setParent(parent).startSpan());
    }

    private static TextMapPropagator propagator(Format first, Format... others) {
        return Propagation.with(first, others).getTextMapPropagator();
    }
}
