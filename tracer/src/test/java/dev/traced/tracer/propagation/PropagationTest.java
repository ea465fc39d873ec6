package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.tracer.propagation.Propagation.Format;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PropagationTest {
    private static final String B3_TRACE = "463ac35c9f6413ad48485a3953bb6124";
    private static final String B3_LINE = "b3: " + B3_TRACE + "-a2fb4a1d1a96d312-1";
    private static final String W3C_LINE = "traceparent: " + TraceContextCase.traceparent("00");

    @Test
    void w3cWins_overB3() {
        SpanContext caller = caller(B3_LINE, W3C_LINE);

        assertThat(caller.getTraceId()).isEqualTo(TraceContextCase.TRACE);
        assertThat(caller.isSampled()).isFalse();
    }

    @Test
    void b3IsRead_withoutATraceparent_itsTracestateIsNot() {
        SpanContext caller = caller(B3_LINE, "tracestate: vendor=1");

        assertThat(caller.getTraceId()).isEqualTo(B3_TRACE);
        assertThat(caller.getTraceState().isEmpty()).isTrue();
    }

    @Test
    void brokenTraceparent_startsANewTrace_whateverB3Says() {
        assertThat(caller(B3_LINE, "traceparent: broken").isValid()).isFalse();
        assertThat(caller(B3_LINE, W3C_LINE, W3C_LINE).isValid()).isFalse();
        assertThat(caller(B3_LINE, "traceparent:").isValid()).isFalse();
    }

    @Test
    void brokenHeaders_leaveTheContextAsItIs() {
        Context context = Context.root().with(Span.wrap(caller(W3C_LINE)));

        Context extracted = read().extract(
                        context,
                        HeaderLines.of("traceparent: broken", "b3: broken", "baggage: broken"),
                        HeaderLines.GETTER);

        assertThat(Span.fromContext(extracted).getSpanContext()).isEqualTo(caller(W3C_LINE));
    }

    @Test
    void standard_writesW3cAndBaggage_onlyWhatThereIs() {
        TextMapPropagator standard = Propagation.standard().getTextMapPropagator();
        Baggage baggage = Baggage.builder().put("tenant", "acme").build();

        assertThat(standard.fields()).containsExactly("traceparent", "tracestate", "baggage");
        assertThat(written(standard, Context.root())).isEmpty();
        assertThat(written(standard, context(W3C_LINE))).containsExactly(W3C_LINE);
        assertThat(written(standard, context(W3C_LINE, "tracestate: vendor=1").with(baggage)))
                .containsExactly(W3C_LINE, "tracestate: vendor=1", "baggage: tenant=acme");
    }

    @Test
    void formats_areWrittenAsChosen() {
        TextMapPropagator both =
                Propagation.with(Format.B3_MULTI, Format.W3C, Format.B3_SINGLE).getTextMapPropagator();
        TextMapPropagator b3 = Propagation.with(Format.B3_SINGLE).getTextMapPropagator();

        assertThat(both.fields())
                .containsExactlyInAnyOrder(
                        "traceparent",
                        "tracestate",
                        "b3",
                        "X-B3-TraceId",
                        "X-B3-SpanId",
                        "X-B3-ParentSpanId",
                        "X-B3-Sampled",
                        "X-B3-Flags",
                        "baggage");
        assertThat(written(both, context(B3_LINE)))
                .containsExactlyInAnyOrder(
                        "traceparent: 00-" + B3_TRACE + "-a2fb4a1d1a96d312-01",
                        B3_LINE,
                        "X-B3-TraceId: " + B3_TRACE,
                        "X-B3-SpanId: a2fb4a1d1a96d312",
                        "X-B3-Sampled: 1");
        assertThat(written(b3, context(W3C_LINE)))
                .containsExactly("b3: " + TraceContextCase.TRACE + "-" + TraceContextCase.SPAN + "-0");
    }

    @Test
    void flagsThatAreReserved_areNotWritten_whoeverSetThem() {
        SpanContext span = SpanContext.create(
                TraceContextCase.TRACE,
                TraceContextCase.SPAN,
                TraceFlags.fromByte((byte) 0xfd),
                TraceState.getDefault());

        assertThat(written(read(), Context.root().with(Span.wrap(span))))
                .containsExactly("traceparent: " + TraceContextCase.traceparent("01"));
    }

    /** Whatever is sent, nothing is thrown, and what is then written is right. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void garbage_isReadAsNone(long seed) {
        Random random = new Random(seed);
        List<String> names = List.of(
                "traceparent",
                "tracestate",
                "b3",
                "x-b3-traceid",
                "X-B3-SpanId",
                "x-b3-sampled",
                "x-b3-flags",
                "baggage");
        for (int i = 0; i < 5_000; i++) {
            List<String> lines = new ArrayList<>();
            for (int count = random.nextInt(6); count >= 0; count--) {
                lines.add(names.get(random.nextInt(names.size())) + ":" + garbage(random));
            }
            Context context = read().extract(Context.root(), new HeaderLines(lines), HeaderLines.GETTER);
            for (String line : written(Propagation.standard().getTextMapPropagator(), context)) {
                if (line.startsWith("traceparent: ")) {
                    assertThat(TraceParent.tryParse(line.substring(13)))
                            .as("%s of seed %d", lines, seed)
                            .isPresent();
                }
                if (line.startsWith("tracestate: ")) {
                    assertThat(line.length() - 12)
                            .as("%s of seed %d", lines, seed)
                            .isBetween(3, 512);
                }
            }
        }
    }

    private static String garbage(Random random) {
        List<String> parts = List.of(
                TraceContextCase.traceparent("01"),
                B3_TRACE,
                "a2fb4a1d1a96d312",
                "-",
                "=",
                ",",
                "vendor=1",
                "x".repeat(200),
                "1",
                "d",
                " ",
                "%",
                "\t",
                ";",
                "\u0000",
                "\ud83d\ude00");
        StringBuilder garbage = new StringBuilder();
        for (int count = random.nextInt(1, 8); count > 0; count--) {
            garbage.append(parts.get(random.nextInt(parts.size())));
        }
        return garbage.toString();
    }

    private static SpanContext caller(String... lines) {
        return Span.fromContext(context(lines)).getSpanContext();
    }

    private static Context context(String... lines) {
        return read().extract(Context.root(), HeaderLines.of(lines), HeaderLines.GETTER);
    }

    private static TextMapPropagator read() {
        return Propagation.standard().getTextMapPropagator();
    }

    private static List<String> written(TextMapPropagator propagator, Context context) {
        HeaderLines call = HeaderLines.of();
        propagator.inject(context, call, HeaderLines.SETTER);
        return call.lines();
    }
}
