package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.http.HttpEdge;
import dev.traced.model.PartitionReader;
import dev.traced.model.TraceId;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
        traces = new TraceReader(new FakeAdmin(1).admin(), new Owner(), Duration.ofMillis(300));
        LogRoutes routes = new LogRoutes(new TraceReads(traces, () -> 0, new SimpleMeterRegistry()));
        server = HttpEdge.create(HttpEdge.Settings.defaults().withMaxThreads(8), routes::install);
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

    private static byte[] value(LogRecord.Builder... logs) {
        ScopeLogs.Builder scope = ScopeLogs.newBuilder();
        List.of(logs).forEach(scope::addLogRecords);
        return LogsData.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder().addScopeLogs(scope))
                .build()
                .toByteArray();
    }
}
