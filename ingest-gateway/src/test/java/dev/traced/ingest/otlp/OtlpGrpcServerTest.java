package dev.traced.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.traced.ingest.Gateway;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.body.OverloadedException;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** OTLP over gRPC on a real port, in front of Kafka's own mock of a producer. */
class OtlpGrpcServerTest {
    private static final long NOW = Gateway.nanos(Gateway.NOW);

    private Gateway gateway = Gateway.acknowledging();
    private OtlpGrpcServer server;
    private ManagedChannel channel;

    private void start() throws IOException {
        server = OtlpGrpcServer.start("127.0.0.1", 0, null, gateway.receiver);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            channel.shutdownNow();
            server.close();
        }
        gateway.close();
    }

    @Test
    void validSpans_areTaken_theOthersExplained() throws IOException {
        start();

        ExportTraceServiceResponse response = TraceServiceGrpc.newBlockingStub(channel)
                .export(request(
                        span().build(), span().setSpanId(ByteString.EMPTY).build()));

        assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(response.getPartialSuccess().getErrorMessage()).contains("spanId must be 8 bytes");
        assertThat(gateway.kafka.history()).hasSize(1);
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(1);
    }

    @Test
    void whileKafkaIsAway_itIsUnavailable_soThatExportersTryAgain() throws IOException {
        gateway.close();
        gateway = Gateway.waiting();
        start();

        assertStatus(Status.Code.UNAVAILABLE, () -> TraceServiceGrpc.newBlockingStub(channel)
                .export(request(span().build())));
        assertThat(gateway.rejected("unavailable")).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoMessage_areAnInvalidArgument() throws IOException {
        start();
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(TraceServiceGrpc.getExportMethod().getFullMethodName())
                .setRequestMarshaller(new Raw())
                .setResponseMarshaller(new Raw())
                .build();

        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, new byte[] {10, 100, 1}));
        assertThat(gateway.rejected("malformed")).isEqualTo(1);
    }

    @Test
    void logs_areTaken_thoseOfNoTraceOnlyCounted() throws IOException {
        start();
        ExportLogsServiceRequest request = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder().setTraceId(id(16)))
                                .addLogRecords(LogRecord.newBuilder()
                                        .setTraceId(id(16))
                                        .setTimeUnixNano(1))
                                .addLogRecords(LogRecord.newBuilder())))
                .build();

        var response = LogsServiceGrpc.newBlockingStub(channel).export(request);

        assertThat(response.getPartialSuccess().getRejectedLogRecords()).isEqualTo(1);
        assertThat(response.getPartialSuccess().getErrorMessage()).isEqualTo("1 from before the window");
        assertThat(gateway.kafka.history()).hasSize(1);
        assertThat(gateway.kafka.history().get(0).topic()).isEqualTo("logs");
        assertThat(gateway.counted("traced.logs.published")).isEqualTo(1);
        assertThat(gateway.counted("traced.logs.uncorrelated")).isEqualTo(1);
        assertThat(gateway.counted("traced.logs.stale")).isEqualTo(1);
    }

    /** What gRPC unzips does not say how much there is of it. */
    @Test
    void messages_areChargedInFull_zippedOrNot_untilThereIsNoRoom() throws IOException {
        ByteBudget budget = new ByteBudget(250_000);
        OtlpGrpcServer.Calls calls = new OtlpGrpcServer.Calls(budget);
        byte[] message = new byte[100_000];

        assertThat(calls.parse(zipped(message)).bytes()).isEqualTo(message);
        assertThat(budget.taken()).isBetween(100_000L, 101_000L);
        assertThat(calls.parse(new ByteArrayInputStream(message)).bytes()).isEqualTo(message);
        assertThat(budget.taken()).isBetween(200_000L, 202_000L);
        assertThat(calls.parse(zipped(message)).refusal()).isInstanceOf(OverloadedException.class);
        assertThat(budget.taken()).isBetween(200_000L, 202_000L);
    }

    @Test
    void zippedMessages_areTaken_andNotBeyondTheLimit() throws IOException {
        start();
        TraceServiceGrpc.TraceServiceBlockingStub zipping =
                TraceServiceGrpc.newBlockingStub(channel).withCompression("gzip");

        zipping.export(request(span().setName("x".repeat(100_000)).build()));
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(1);

        Span large =
                span().setName("x".repeat(OtlpGrpcServer.MAX_MESSAGE_BYTES)).build();
        assertStatus(Status.Code.RESOURCE_EXHAUSTED, () -> zipping.export(request(large)));
    }

    private static InputStream zipped(byte[] message) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(message);
        }
        return new GZIPInputStream(new ByteArrayInputStream(zipped.toByteArray()));
    }

    private static void assertStatus(Status.Code code, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertThat(
                        e.getStatus().getCode())
                .as(e.getMessage())
                .isEqualTo(code));
    }

    private static Span.Builder span() {
        return Span.newBuilder().setTraceId(id(16)).setSpanId(id(8)).setStartTimeUnixNano(NOW);
    }

    private static ByteString id(int bytes) {
        byte[] id = new byte[bytes];
        java.util.Arrays.fill(id, (byte) 5);
        return ByteString.copyFrom(id);
    }

    private static ExportTraceServiceRequest request(Span... spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(java.util.List.of(spans))))
                .build();
    }

    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
