package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import brave.propagation.B3Propagation;
import brave.propagation.Propagation.Setter;
import brave.propagation.SamplingFlags;
import brave.propagation.TraceContext;
import brave.propagation.TraceContextOrSamplingFlags;
import dev.traced.tracer.propagation.Propagation.Format;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zipkin's own tracer understands what we write, and we what it writes. */
class BraveTest {
    private static final String TRACE = "463ac35c9f6413ad48485a3953bb6124";

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "d"})
    void braveReads_whatWeWrite(String state) {
        Context received = extract(HeaderLines.of("b3: " + TRACE + "-a2fb4a1d1a96d312-" + state));
        for (Format format : List.of(Format.B3_SINGLE, Format.B3_MULTI)) {
            HeaderLines call = HeaderLines.of();
            Propagation.with(format).getTextMapPropagator().inject(received, call, HeaderLines.SETTER);

            TraceContext read = read(call).context();

            assertThat(read.traceIdString()).isEqualTo(TRACE);
            assertThat(read.spanIdString()).isEqualTo("a2fb4a1d1a96d312");
            assertThat(read.sampled()).isEqualTo(!state.equals("0"));
            assertThat(read.debug()).isEqualTo(state.equals("d"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = B3Propagation.Format.class,
            names = {"SINGLE", "SINGLE_NO_PARENT", "MULTI"})
    void weRead_whatBraveWrites(B3Propagation.Format format) {
        TraceContext.Builder context = TraceContext.newBuilder()
                .traceIdHigh(0x463ac35c9f6413adL)
                .traceId(0x48485a3953bb6124L)
                .parentId(5)
                .spanId(0xa2fb4a1d1a96d312L);

        assertThat(caller(written(format, context.sampled(true).build())))
                .isEqualTo(caller(HeaderLines.of("b3: " + TRACE + "-a2fb4a1d1a96d312-1")));
        assertThat(caller(written(format, context.sampled(false).build())).isSampled())
                .isFalse();
        Context debugged = extract(written(format, context.debug(true).build()));
        assertThat(SamplingState.of(debugged)).isEqualTo(SamplingState.DEBUG);
        assertThat(caller(written(
                                format,
                                context.debug(false)
                                        .traceIdHigh(0)
                                        .sampled(true)
                                        .build()))
                        .getTraceId())
                .isEqualTo("000000000000000048485a3953bb6124");
    }

    @Test
    void samplingStateAlone_isTheSameToBoth() {
        assertThat(read(HeaderLines.of("b3: 0")).samplingFlags()).isEqualTo(SamplingFlags.NOT_SAMPLED);
        assertThat(SamplingState.of(extract(HeaderLines.of("b3: 0")))).isEqualTo(SamplingState.DENY);
        assertThat(read(HeaderLines.of("b3: d")).samplingFlags()).isEqualTo(SamplingFlags.DEBUG);
        assertThat(SamplingState.of(extract(HeaderLines.of("b3: d")))).isEqualTo(SamplingState.DEBUG);
    }

    private static TraceContextOrSamplingFlags read(HeaderLines call) {
        return B3Propagation.FACTORY
                .get()
                .extractor((HeaderLines headers, String name) ->
                        headers.values(name).stream().findFirst().orElse(null))
                .extract(call);
    }

    private static HeaderLines written(B3Propagation.Format format, TraceContext context) {
        Setter<HeaderLines, String> setter = HeaderLines.SETTER::set;
        HeaderLines call = HeaderLines.of();
        B3Propagation.newFactoryBuilder()
                .injectFormat(format)
                .build()
                .get()
                .injector(setter)
                .inject(context, call);
        return call;
    }

    private static SpanContext caller(HeaderLines request) {
        return Span.fromContext(extract(request)).getSpanContext();
    }

    private static Context extract(HeaderLines request) {
        return Propagation.standard().getTextMapPropagator().extract(Context.root(), request, HeaderLines.GETTER);
    }
}
