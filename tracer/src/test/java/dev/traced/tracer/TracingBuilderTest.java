package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.tracer.propagation.Propagation;
import dev.traced.tracer.propagation.Propagation.Format;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings: what the program says, what its environment says, and which of them counts. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class TracingBuilderTest {
    private final Collector collector = new Collector();
    private final Map<String, String> before = new HashMap<>();

    @AfterEach
    void restore() {
        collector.close();
        before.forEach((name, value) -> System.clearProperty(name));
    }

    @Test
    void theEnvironment_saysWhereAndWho() {
        environment("otel.service.name", "shop");
        environment("otel.resource.attributes", "deployment.environment.name=test,service.version=1.2");
        environment("otel.exporter.otlp.endpoint", collector.url() + "/below");

        end(Tracing.builder().build(), 1);

        assertThat(collector.spans()).hasSize(1);
        assertThat(resource())
                .containsEntry("service.name", "shop")
                .containsEntry("service.version", "1.2")
                .containsEntry("deployment.environment.name", "test")
                .containsEntry("telemetry.sdk.language", "java");
    }

    @Test
    void whatTheProgramSays_counts() {
        environment("otel.service.name", "other");
        environment("otel.exporter.otlp.endpoint", "http://127.0.0.1:1");
        environment("otel.exporter.otlp.traces.endpoint", "http://127.0.0.1:1/v1/traces");
        environment("otel.exporter.otlp.protocol", "grpc");
        environment("otel.traces.sampler", "always_off");

        end(Tracing.builder("shop").endpoint(collector.url()).sampling(1).build(), 1);

        assertThat(resource()).containsEntry("service.name", "shop");
    }

    @Test
    void anEndpointWithAPath_isThePathThatV1IsBelow() {
        end(
                Tracing.builder("shop")
                        .endpoint(URI.create(collector.url() + "/otlp/"))
                        .build(),
                1);

        assertThat(collector.spans()).hasSize(1);
        assertThat(collector.paths()).containsExactly("/otlp/v1/traces");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4318", "ftp://localhost", "http:///v1", "4318"})
    void anEndpointThatIsNone_isRefused(String endpoint) {
        assertThatThrownBy(() -> Tracing.builder("shop").endpoint(URI.create(endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("endpoint must be http or https, and have a host, was " + endpoint);
    }

    @Test
    void anEndpointWithAQuery_isRefused() {
        assertThatThrownBy(() -> Tracing.builder("shop").endpoint(URI.create("http://localhost:4318?key=1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("endpoint must end with its path, was http://localhost:4318?key=1");
    }

    @Test
    void aSettingThatIsWrong_isNamed() {
        assertThatThrownBy(() -> Tracing.builder("shop")
                        .property("otel.bsp.max.queue.size", "many")
                        .build())
                .hasMessageContaining("otel.bsp.max.queue.size")
                .hasMessageContaining("many");
        assertThatThrownBy(() -> Tracing.builder("shop")
                        .property("otel.traces.sampler", "traceidratio")
                        .property("otel.traces.sampler.arg", "2")
                        .build())
                .hasMessage("otel.traces.sampler.arg must be 0..1, was 2.0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    otel.bsp.max.queue.size       | 0             | otel.bsp.max.queue.size must be 1 or more, was 0
                    otel.blrp.schedule.delay      | -5            | otel.blrp.schedule.delay must not be negative, was -5
                    otel.exporter.otlp.timeout    | -1s           | otel.exporter.otlp.timeout must not be negative, was -1s
                    otel.exporter.otlp.endpoint   | localhost:4318 | OTLP endpoint must be a valid URL: localhost:4318
                    otel.attribute.value.length.limit | -1        | maxAttributeValueLength must be non-negative
                    otel.exporter.otlp.compression | zip          | Unsupported compressionMethod
                    otel.traces.sampler           | foo           | otel.traces.sampler: foo
                    """)
    void aSettingOutOfItsRange_isNamed(String name, String value, String message) {
        assertThatThrownBy(() -> Tracing.builder("shop").property(name, value).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    /** Over gRPC that is another port than over HTTP. */
    @Test
    void withoutAnEndpoint_itIsTheOneOfTheProtocol() {
        assertThat(exporter("grpc")).contains("endpoint=http://localhost:4317,");
        assertThat(exporter("http/protobuf")).contains("endpoint=" + Tracing.DEFAULT_ENDPOINT + "/v1/traces,");
    }

    private static String exporter(String protocol) {
        try (Tracing tracing = Tracing.builder("shop")
                .property("otel.exporter.otlp.protocol", protocol)
                .build()) {
            return tracing.openTelemetry().toString();
        }
    }

    @Test
    void propagators_areThoseThatAreNamed() {
        assertThat(headers(Tracing.builder("shop"))).containsExactly("traceparent", "tracestate", "baggage");
        assertThat(headers(Tracing.builder("shop").property("otel.propagators", "b3, baggage")))
                .containsExactly("b3", "baggage");
        environment("otel.propagators", "tracecontext,b3multi");
        assertThat(headers(Tracing.builder("shop")))
                .contains("traceparent", "X-B3-TraceId")
                .doesNotContain("baggage");
        assertThat(headers(Tracing.builder("shop").propagators(Propagation.with(Format.B3_SINGLE))))
                .containsExactly("b3", "baggage");
        environment("otel.propagators", "jaeger");
        assertThatThrownBy(() -> headers(Tracing.builder("shop")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("OTEL_PROPAGATORS must be of tracecontext, baggage, b3 and b3multi, or none, was jaeger");
    }

    private static Collection<String> headers(TracingBuilder builder) {
        try (Tracing tracing = builder.build()) {
            return tracing.openTelemetry()
                    .getPropagators()
                    .getTextMapPropagator()
                    .fields();
        }
    }

    @Test
    void switchedOff_nothingIsSentNorCounted_butContextGoesOn() {
        environment("otel.sdk.disabled", "true");
        Tracing tracing = Tracing.builder("shop").endpoint(collector.url()).build();
        SpanContext caller = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());

        try (ActiveSpan span = tracing.start(
                "work", SpanKind.SERVER, Context.root().with(io.opentelemetry.api.trace.Span.wrap(caller)))) {
            assertThat(span.span().getSpanContext().getTraceId()).isEqualTo(caller.getTraceId());
            assertThat(tracing.openTelemetry()
                            .getPropagators()
                            .getTextMapPropagator()
                            .fields())
                    .contains("traceparent", "baggage");
        }
        assertThat(tracing.flush(Duration.ofSeconds(1))).isTrue();
        assertThat(tracing.close(Duration.ofSeconds(1))).isTrue();

        assertThat(collector.requests()).isZero();
        assertThat(tracing.dropped()).isZero();
    }

    @Test
    void aShare_isTheOneOfTheGateway_bySetting() {
        end(Tracing.builder("shop").endpoint(collector.url()).sampling(0.3).build(), 2_000);
        assertShare(0.3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"traceidratio", "parentbased_traceidratio"})
    void aShare_byTheEnvironment(String sampler) {
        environment("otel.traces.sampler", sampler);
        environment("otel.traces.sampler.arg", "0.3");
        end(Tracing.builder("shop").endpoint(collector.url()).build(), 2_000);
        assertShare(0.3);
    }

    @Test
    void aSpanWithAParent_isKeptIfThatIs() {
        Tracing tracing =
                Tracing.builder("shop").endpoint(collector.url()).sampling(0).build();
        SpanContext kept = SpanContext.create(
                "ffffffffffffffffffffffffffffffff",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());

        try (ActiveSpan server = tracing.start(
                "server", SpanKind.SERVER, Context.root().with(io.opentelemetry.api.trace.Span.wrap(kept)))) {
            tracing.start("below", SpanKind.INTERNAL).close();
            assertThat(server.span().getSpanContext().isSampled()).isTrue();
        }
        try (ActiveSpan out = tracing.start("out", SpanKind.SERVER)) {
            tracing.start("below out", SpanKind.INTERNAL).close();
            assertThat(out.span().getSpanContext().isSampled()).isFalse();
        }
        tracing.close();

        assertThat(collector.spans()).extracting(Span::getName).containsExactlyInAnyOrder("server", "below");
        assertThat(tracing.dropped())
                .as("what is out of the sample is not dropped")
                .isZero();
    }

    private void assertShare(double rate) {
        assertThat(collector.spans()).hasSizeBetween(500, 700).allSatisfy(span -> {
            long high = span.getTraceId().asReadOnlyByteBuffer().getLong(0);
            long low = span.getTraceId().asReadOnlyByteBuffer().getLong(8);
            assertThat(dev.traced.model.TraceFraction.of(high, low)).isLessThan(rate);
        });
    }

    private static void end(Tracing tracing, int spans) {
        IntStream.range(0, spans)
                .forEach(i -> tracing.start("span", SpanKind.INTERNAL).close());
        assertThat(tracing.close(Duration.ofSeconds(10))).isTrue();
    }

    private Map<String, String> resource() {
        return collector.traceRequests().get(0).getResourceSpans(0).getResource().getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }

    /** The system property stands for the environment variable: the SDK takes either. */
    private void environment(String name, String value) {
        before.put(name, value);
        System.setProperty(name, value);
    }
}
