package dev.traced.tracer.demo.shop;

import dev.traced.tracer.ActiveSpan;
import dev.traced.tracer.Tracing;
import dev.traced.tracer.instrument.JavalinTracing;
import dev.traced.tracer.instrument.TracingDataSource;
import dev.traced.tracer.instrument.TracingHttpClient;
import dev.traced.tracer.instrument.kafka.KafkaTracing;
import dev.traced.tracer.instrument.logging.TracingLogs;
import dev.traced.tracer.sidecar.Sidecar;
import dev.traced.tracer.sidecar.SidecarConfig;
import io.javalin.config.JavalinConfig;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How a service of the shop is instrumented: all of it is here, and without an endpoint none of it is there. */
final class Telemetry {
    private final @Nullable Tracing tracing;

    private Telemetry(@Nullable Tracing tracing) {
        this.tracing = tracing;
    }

    static Telemetry none() {
        return new Telemetry(null);
    }

    static Telemetry to(String service, URI endpoint) {
        Tracing tracing = Tracing.builder(service).endpoint(endpoint).build();
        TracingLogs.install(tracing);
        return new Telemetry(tracing);
    }

    void install(JavalinConfig config) {
        if (tracing != null) {
            config.registerPlugin(new JavalinTracing(tracing));
        }
    }

    HttpClient wrap(HttpClient client) {
        return tracing == null ? client : TracingHttpClient.wrap(client, tracing);
    }

    DataSource wrap(DataSource database) {
        return tracing == null ? database : TracingDataSource.wrap(database, tracing);
    }

    Map<String, Object> producer(Map<String, Object> properties) {
        return tracing == null ? properties : KafkaTracing.producer(properties, tracing);
    }

    Map<String, Object> consumer(Map<String, Object> properties) {
        return tracing == null ? properties : KafkaTracing.consumer(properties, tracing);
    }

    /** Stands before a service that has nothing of this. */
    Sidecar sidecar(URI upstream) throws IOException {
        SidecarConfig config = new SidecarConfig("127.0.0.1", 0, upstream, Duration.ofSeconds(10));
        return Sidecar.start(config, Objects.requireNonNull(tracing, "tracing"));
    }

    /** Does a part of the work in a span of its own. */
    <T> T step(String name, Supplier<T> work) {
        if (tracing == null) {
            return work.get();
        }
        try (ActiveSpan span = tracing.start(name, SpanKind.INTERNAL)) {
            try {
                return work.get();
            } catch (RuntimeException e) {
                span.fail(e);
                throw e;
            }
        }
    }

    /** Sends what there is; says how many spans and logs were lost. */
    String end() {
        if (tracing == null) {
            return "0 0";
        }
        tracing.close();
        return tracing.droppedSpans().total() + " " + tracing.droppedLogs().total();
    }
}
