package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.traced.http.HttpEdge;
import dev.traced.model.PartitionReader;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogRoutesTest {
    private static final TraceId TRACE = TraceId.parse("0f0e0d0c-0000-4000-8000-00000000000a");

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeAssembler assembler = new FakeAssembler(0);
    private TraceReader traces;
    private Javalin server;

    @BeforeEach
    void start() {
        start(Duration.ofSeconds(30));
    }

    private void start(Duration longestLogs) {
        traces = new TraceReader(new FakeAdmin(1).admin(), new Owner(), Duration.ofMillis(300));
        TraceReads reads = new TraceReads(traces, () -> 0, new SimpleMeterRegistry(), longestLogs);
        server = HttpEdge.create(HttpEdge.Settings.defaults().withMaxThreads(8), config -> {
            new QueryRoutes(reads).install(config);
            new LogRoutes(reads).install(config);
        });
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        server.stop();
        traces.close();
    }

    private final class Owner implements PartitionOwners {
        @Override
        public Optional<PartitionReader> owner(int partition) {
            return Optional.of(assembler);
        }

        @Override
        public void refresh() {}
    }

    @Test
    void timesPastTheYear2262_areShownAsTheyAre_andAreTheNewest() throws Exception {
        assembler.holds(TRACE, value(log(-1, "last").setObservedTimeUnixNano(Long.MIN_VALUE)));
        assembler.holds(TRACE, value(log(5, "first")));

        assertThat(get("").body())
                .contains("\"time\":5,")
                .contains("\"time\":18446744073709551615,\"observed_time\":9223372036854775808,")
                .matches("(?s).*\"body\":\"first\".*\"body\":\"last\".*");
    }

    @Test
    void logsOfManyPages_areOneAnswer() throws Exception {
        int values = 5 * FakeAssembler.LOGS_A_PAGE + 1;
        for (int i = values; i > 0; i--) {
            assembler.holds(TRACE, value(log(i, "log " + i), log(1_000 + i, "other")));
        }

        HttpResponse<String> answer = get("?limit=2&q=LOG");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .matches("(?s).*\"body\":\"log 1\".*\"body\":\"log 2\".*\"total\":" + values + "}")
                .doesNotContain("log 3");
        assertThat(assembler.asked).hasSize(7); // the first page twice, see TraceReads
    }

    @Test
    void moreThanFitsIntoMemory_isShown() throws Exception {
        byte[] large = value(log(2, "x".repeat(1 << 20)));
        for (int i = 0; i < 100; i++) {
            assembler.holds(TRACE, large);
        }
        for (int i = 0; i < 50; i++) {
            assembler.holds(TRACE, value(log(3, i + "x".repeat(1 << 20))));
        }
        assembler.holds(TRACE, value(log(1, "oldest")));

        HttpResponse<String> one = get("?limit=1");
        HttpResponse<String> all = get("?limit=1000");

        assertThat(one.body()).contains("\"body\":\"oldest\"").endsWith("\"total\":52}");
        assertThat(all.body()).contains("\"body\":\"oldest\"").endsWith("\"total\":52}");
        assertThat(all.body().length()).isBetween(38 << 20, 40 << 20);
    }

    @Test
    void moreThanCanBeReadInTime_isRefused() throws Exception {
        stop();
        start(Duration.ZERO);
        for (int i = 1; i <= FakeAssembler.LOGS_A_PAGE; i++) {
            assembler.holds(TRACE, value(log(i, "log")));
        }
        assertThat(get("").statusCode()).isEqualTo(200);

        assembler.holds(TRACE, value(log(3, "log")));
        assertThat(get("").statusCode()).isEqualTo(413);
        assertThat(get("").body()).isEqualTo("{\"error\":\"the trace has more logs than can be read in 0 s\"}");
    }

    @Test
    void logSentAgain_isCountedOnce_alsoInAnotherPage() throws Exception {
        for (int i = 0; i < FakeAssembler.LOGS_A_PAGE + 1; i++) {
            assembler.holds(TRACE, value(log(1, "again")));
        }

        assertThat(get("").body()).endsWith("\"total\":1}");
    }

    @Test
    void logsOfTwoInstances_orOfTwoVersionsOfAScope_areTwo() throws Exception {
        Resource one = instance("1");
        Resource two = instance("2");
        InstrumentationScope scope =
                InstrumentationScope.newBuilder().setName("a").setVersion("1").build();
        InstrumentationScope newer = scope.toBuilder().setVersion("2").build();
        InstrumentationScope other =
                scope.toBuilder().setDroppedAttributesCount(1).build();
        for (int i = 0; i < 2; i++) {
            assembler.holds(TRACE, value(one, scope, log(1, "tick")));
            assembler.holds(TRACE, value(two, scope, log(1, "tick")));
            assembler.holds(TRACE, value(one, newer, log(1, "tick")));
            assembler.holds(TRACE, value(one, other, log(1, "tick")));
        }

        assertThat(get("").body()).endsWith("\"total\":4}");
    }

    /** The detail shows it below the client's half, under another id: see {@code CallHalves}. */
    @Test
    void logsOfAServersHalf_areFoundByTheIdItIsShownUnder_andByTheOneItWasSentWith() throws Exception {
        long id = 0x1234567890abcdefL;
        SpanId shown = new SpanId(0, new SpanId(0, id).serverHalf().to64Bits());
        assembler.holds(
                TRACE,
                value(
                        log(1, "of the call").setSpanId(bytes(id)),
                        log(2, "other").setSpanId(bytes(5)),
                        log(3, "none")));

        for (String text : List.of("1234567890ABCDEF", new SpanId(0, id).toString(), shown.toString())) {
            assertThat(get("?span_id=" + text).body())
                    .contains("\"body\":\"of the call\"")
                    .endsWith("\"total\":1}");
        }
        SpanId ofNone = new SpanId(0, new SpanId(0, 0).serverHalf().to64Bits());
        assertThat(get("?span_id=" + ofNone).body()).endsWith("\"total\":0}");
    }

    @Test
    void pageThatCannotBeRead_isAskedForAgain_andThereIsNoShortAnswer() throws Exception {
        for (int i = 1; i < 10; i++) {
            assembler.holds(TRACE, value(log(i, "log")));
        }
        assembler.failing(2);
        assertThat(get("").body()).endsWith("\"total\":9}");

        assembler.failing(Integer.MAX_VALUE);
        assertThat(get("").statusCode()).isEqualTo(503);
    }

    private HttpResponse<String> get(String query) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/traces/" + TRACE + "/logs" + query))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private static LogRecord.Builder log(long time, String body) {
        return LogRecord.newBuilder()
                .setTimeUnixNano(time)
                .setBody(AnyValue.newBuilder().setStringValue(body));
    }

    private static ByteString bytes(long id) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, id));
    }

    private static Resource instance(String id) {
        return Resource.newBuilder()
                .addAttributes(KeyValue.newBuilder()
                        .setKey("service.instance.id")
                        .setValue(AnyValue.newBuilder().setStringValue(id)))
                .build();
    }

    private static byte[] value(LogRecord.Builder... logs) {
        return value(Resource.getDefaultInstance(), InstrumentationScope.getDefaultInstance(), logs);
    }

    private static byte[] value(Resource resource, InstrumentationScope scope, LogRecord.Builder... logs) {
        ScopeLogs.Builder ofScope = ScopeLogs.newBuilder().setScope(scope);
        List.of(logs).forEach(ofScope::addLogRecords);
        return LogsData.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder().setResource(resource).addScopeLogs(ofScope))
                .build()
                .toByteArray();
    }
}
