package dev.traced.ingest.otlp;

import com.google.protobuf.Message;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.OverloadedException;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.receive.Receiver;
import dev.traced.ingest.receive.Rejection;
import dev.traced.ingest.receive.SpanReceipt;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over gRPC. A message that cannot be read is INVALID_ARGUMENT; where trying again may help the answer is
 * UNAVAILABLE, on which exporters back off.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlpgrpc">OTLP/gRPC</a>
 */
public final class OtlpGrpcServer implements AutoCloseable {
    /** As a collector; a batch of an SDK is well under a quarter of it. */
    static final int MAX_MESSAGE_BYTES = 4 << 20;

    /** What all calls may hold in memory before they are in Kafka; one beyond it is UNAVAILABLE for now. */
    private static final long MAX_BYTES = 64 << 20;

    private static final int MAX_CALLS_PER_CONNECTION = 16;
    private static final int THREADS = 16;
    private static final long STOP_SECONDS = 5;
    private static final Metadata.Key<String> SPANS =
            Metadata.Key.of(SpanReceipt.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private final Server server;

    /** A certificate chain and its private key, as PEM files. */
    public record Tls(Path certificate, Path key) {}

    private OtlpGrpcServer(Server server) {
        this.server = server;
    }

    /**
     * Listens; port 0 takes a free one.
     *
     * @param tls null for plaintext
     * @throws IOException if the port is taken, or the certificate or key cannot be read
     */
    public static OtlpGrpcServer start(String host, int port, @Nullable Tls tls, Receiver receiver) throws IOException {
        ServerCredentials credentials = tls == null
                ? InsecureServerCredentials.create()
                : TlsServerCredentials.create(
                        tls.certificate().toFile(), tls.key().toFile());
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "otlp-grpc");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(host, port), credentials)
                .executor(threads)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .maxConnectionIdle(5, TimeUnit.MINUTES)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(traces(receiver))
                .addService(logs(receiver))
                .build()
                .start();
        return new OtlpGrpcServer(server);
    }

    private static ServerServiceDefinition traces(Receiver receiver) {
        return service(
                TraceServiceGrpc.SERVICE_NAME,
                TraceServiceGrpc.getExportMethod().getFullMethodName(),
                ExportTraceServiceResponse.getDefaultInstance(),
                bytes -> receiver.receive(admission -> OtlpSpans.receive(
                                parse(bytes, ExportTraceServiceRequest.newBuilder())
                                        .getResourceSpansList(),
                                admission))
                        .thenApply(receipt ->
                                new Answer<>(OtlpTracesProtocol.response(receipt), metadata(SPANS, receipt.counts()))));
    }

    private static ServerServiceDefinition logs(Receiver receiver) {
        return service(
                LogsServiceGrpc.SERVICE_NAME,
                LogsServiceGrpc.getExportMethod().getFullMethodName(),
                ExportLogsServiceResponse.getDefaultInstance(),
                bytes -> receiver.receive(admission -> OtlpLogs.receive(
                                parse(bytes, ExportLogsServiceRequest.newBuilder())
                                        .getResourceLogsList(),
                                admission.fromNanos()))
                        .thenApply(receipt -> new Answer<>(OtlpLogsProtocol.response(receipt), new Metadata())));
    }

    /** As the generated stub's, except that the message is read by us: its faults are the client's, not INTERNAL. */
    private static <A extends Message> ServerServiceDefinition service(
            String service, String method, A emptyAnswer, Function<byte[], CompletableFuture<Answer<A>>> export) {
        ByteBudget budget = new ByteBudget(MAX_BYTES);
        return ServerServiceDefinition.builder(service)
                .addMethod(
                        MethodDescriptor.<Call, A>newBuilder()
                                .setType(MethodType.UNARY)
                                .setFullMethodName(method)
                                .setRequestMarshaller(new Calls(budget))
                                .setResponseMarshaller(ProtoUtils.marshaller(emptyAnswer))
                                .build(),
                        unary(call -> export(call, export, budget)))
                .build();
    }

    /** As {@link ServerCalls#asyncUnaryCall}, except that the metadata of the answer is known only with the answer. */
    private static <A> ServerCallHandler<Call, A> unary(Function<Call, CompletableFuture<Answer<A>>> export) {
        return (serverCall, requestMetadata) -> {
            Metadata metadata = new Metadata();
            ServerCall<Call, A> withMetadata = new SimpleForwardingServerCall<>(serverCall) {
                @Override
                public void sendHeaders(Metadata headers) {
                    headers.merge(metadata);
                    super.sendHeaders(headers);
                }
            };
            return ServerCalls.<Call, A>asyncUnaryCall(
                            (call, observer) -> answer(export.apply(call), metadata, observer))
                    .startCall(withMetadata, requestMetadata);
        };
    }

    /** What a call is answered with. */
    private record Answer<A>(A message, Metadata metadata) {}

    private static Metadata metadata(Metadata.Key<String> key, String value) {
        Metadata metadata = new Metadata();
        metadata.put(key, value);
        return metadata;
    }

    private static <A> void answer(
            CompletableFuture<Answer<A>> exported, Metadata metadata, StreamObserver<A> observer) {
        exported.whenComplete((answer, failure) -> {
            if (failure == null) {
                metadata.merge(answer.metadata());
                observer.onNext(answer.message());
                observer.onCompleted();
            } else {
                observer.onError(status(failure).asRuntimeException());
            }
        });
    }

    private static <B extends Message.Builder> B parse(byte[] bytes, B message) {
        try {
            int messages = MessageCount.protobuf(bytes, bytes.length, message.getDescriptorForType());
            return MessageCount.bounded(messages, () -> {
                message.mergeFrom(bytes);
                return message;
            });
        } catch (IOException e) {
            throw new InvalidBatchException(
                    "the message is not " + message.getDescriptorForType().getFullName() + ": " + e.getMessage());
        }
    }

    private static Status status(Throwable failure) {
        Status status =
                switch (Rejection.of(failure)) {
                    case MALFORMED, UNSUPPORTED -> Status.INVALID_ARGUMENT;
                    case OVERLOADED, UNAVAILABLE -> Status.UNAVAILABLE;
                    case TOO_LARGE -> Status.RESOURCE_EXHAUSTED;
                    case TOO_SLOW, ABORTED, FAILED -> Status.INTERNAL;
                };
        return status.getCode() == Status.Code.INTERNAL
                ? status.withDescription("internal error")
                : status.withDescription(Rejection.unwrapped(failure).getMessage());
    }

    public int port() {
        return server.getPort();
    }

    /** Lets the calls under way end, bounded. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static <A> CompletableFuture<A> export(
            Call call, Function<byte[], CompletableFuture<A>> export, ByteBudget budget) {
        if (call.refusal() != null) {
            return CompletableFuture.failedFuture(call.refusal());
        }
        return export.apply(call.bytes()).whenComplete((answer, failure) -> budget.giveBack(call.taken()));
    }

    /** A message as it came; nothing of it where it is refused. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares calls
    record Call(byte[] bytes, long taken, @Nullable RuntimeException refusal) {
        static Call refused(RuntimeException refusal) {
            return new Call(new byte[0], 0, refusal);
        }
    }

    /** Charges a message to the budget. */
    record Calls(ByteBudget budget) implements MethodDescriptor.Marshaller<Call> {
        /** So that an empty message is one too. */
        private static final int LEAST_BYTES = 64;

        @Override
        public InputStream stream(Call call) {
            return new ByteArrayInputStream(call.bytes());
        }

        @Override
        public Call parse(InputStream stream) {
            byte[] message;
            try {
                // Before it is charged: of what is unzipped nobody knows how much there is. gRPC reads no further than
                // a message may reach, and as many are read at a time as there are threads.
                message = stream.readAllBytes();
            } catch (StatusRuntimeException beyond) {
                return Call.refused(new TooLargeException(
                        "the message must have at most " + MAX_MESSAGE_BYTES + " bytes, uncompressed"));
            } catch (IOException e) {
                return Call.refused(new InvalidBatchException("the message cannot be unzipped: " + e.getMessage()));
            }
            long bytes = (long) LEAST_BYTES + message.length;
            return budget.tryTake(bytes)
                    ? new Call(message, bytes, null)
                    : Call.refused(new OverloadedException("too many spans wait to be read"));
        }
    }
}
