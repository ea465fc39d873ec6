package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A sidecar before a service, and the spans it has ended. */
final class Rig implements AutoCloseable {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                    W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
            .build();
    final Sidecar sidecar;

    private Rig(String upstream, Duration timeout, Upstream.Addresses addresses) throws IOException {
        sidecar = Sidecar.start(new SidecarConfig("127.0.0.1", 0, URI.create(upstream), timeout), telemetry, addresses);
    }

    static Rig before(int port) throws IOException {
        return before("http://127.0.0.1:" + port, Duration.ofSeconds(20));
    }

    static Rig before(String upstream, Duration timeout) throws IOException {
        return before(upstream, timeout, InetAddress::getAllByName);
    }

    static Rig before(String upstream, Duration timeout, Upstream.Addresses addresses) throws IOException {
        return new Rig(upstream, timeout, addresses);
    }

    RawClient client() throws IOException {
        return new RawClient(sidecar.port());
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + sidecar.port() + path);
    }

    /** The one span there is, once it has ended. */
    SpanData span() {
        return spans(1).get(0);
    }

    List<SpanData> spans(int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(exporter.getFinishedSpanItems()).hasSizeGreaterThanOrEqualTo(count));
        assertThat(exporter.getFinishedSpanItems()).hasSize(count);
        return exporter.getFinishedSpanItems();
    }

    boolean hasNoSpan() {
        return exporter.getFinishedSpanItems().isEmpty();
    }

    @Override
    public void close() throws IOException {
        sidecar.close();
        telemetry.close();
    }
}
