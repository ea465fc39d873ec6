package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import brave.Span;
import brave.Tracing;
import brave.propagation.TraceContext;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.brave.AsyncZipkinSpanHandler;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Brave and zipkin-reporter, with JSON and proto3, and trace ids of both widths. */
class ZipkinReporterTest {
    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"JSON", "PROTO3"})
    void traceOfTwoServices_isWhole(String encoding) throws Exception {
        try (Backend backend = new Backend(data);
                BytesMessageSender sender = URLConnectionSender.newBuilder()
                        .endpoint("http://127.0.0.1:" + backend.zipkinPort + "/api/v2/spans")
                        .encoding(Encoding.valueOf(encoding))
                        .build();
                AsyncZipkinSpanHandler reporter = AsyncZipkinSpanHandler.newBuilder(sender)
                        .messageTimeout(100, TimeUnit.MILLISECONDS)
                        .build()) {
            TraceContext root = shop(reporter, true);
            reporter.flush();
            Awaitility.await().until(() -> backend.spans(root.traceIdString()).size() == 2);
            Map<String, JsonNode> spans = backend.spans(root.traceIdString());

            JsonNode client = spans.get("get /items");
            assertThat(client.path("kind").asInt()).isEqualTo(3);
            assertThat(client.path("service").asText()).isEqualTo("shop");
            assertThat(client.path("events").get(0).path("name").asText()).isEqualTo("sent");
            // The halves share an id in Zipkin; here the server's is below the client's.
            JsonNode server = spans.get("items");
            assertThat(server.path("service").asText()).isEqualTo("catalog");
            assertThat(server.path("kind").asInt()).isEqualTo(2);
            assertThat(server.path("parentSpanId").asText())
                    .isEqualTo(client.path("spanId").asText());
            assertThat(server.path("status").path("code").asInt()).isEqualTo(2);
        }
    }

    @Test
    void traceIdOf64Bits_isFoundByBothItsForms() throws Exception {
        try (Backend backend = new Backend(data);
                BytesMessageSender sender =
                        URLConnectionSender.create("http://127.0.0.1:" + backend.zipkinPort + "/api/v2/spans");
                AsyncZipkinSpanHandler reporter = AsyncZipkinSpanHandler.create(sender)) {
            TraceContext root = shop(reporter, false);
            reporter.flush();

            assertThat(root.traceIdString()).hasSize(16);
            Awaitility.await().until(() -> backend.spans(root.traceIdString()).size() == 2);
            assertThat(backend.spans("0".repeat(16) + root.traceIdString())).hasSize(2);
            assertThat(backend.get("/traces/" + OpenTelemetrySdkTest.uuid("0".repeat(16) + root.traceIdString()))
                            .path("spans"))
                    .hasSize(2);
        }
    }

    private static TraceContext shop(AsyncZipkinSpanHandler reporter, boolean wide) {
        try (Tracing shop = tracing("shop", reporter, wide);
                Tracing catalog = tracing("catalog", reporter, wide)) {
            Span client = shop.tracer()
                    .newTrace()
                    .kind(Span.Kind.CLIENT)
                    .name("get /items")
                    .start();
            client.annotate("sent");
            Span server = catalog.tracer()
                    .joinSpan(client.context())
                    .kind(Span.Kind.SERVER)
                    .name("items")
                    .start();
            server.tag("error", "no such item");
            server.finish();
            client.finish();
            return client.context();
        }
    }

    private static Tracing tracing(String service, AsyncZipkinSpanHandler reporter, boolean wide) {
        return Tracing.newBuilder()
                .localServiceName(service)
                .traceId128Bit(wide)
                .supportsJoin(true)
                .addSpanHandler(reporter)
                .build();
    }
}
