package dev.traced.ingest.receive;

import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.BodyReader;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.publish.SpanPublisher;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request, whatever its protocol: its body is read within bounds, what began before the window or is not in the
 * sample is dropped, the rest is published, and the answer is sent once Kafka has it. For use by any number of threads; none
 * of them waits for Kafka.
 */
public final class Receiver {
    private static final int ANSWER_THREADS = 16;

    private final IngestConfig config;
    private final SpanPublisher publisher;
    private final IngestMetrics metrics;
    private final LongSupplier nowNanos;
    private final ThreadLocal<BodyReader> bodies;
    private final Executor answers = answerThreads();

    /** @param nowNanos Unix nanoseconds */
    public Receiver(IngestConfig config, SpanPublisher publisher, IngestMetrics metrics, LongSupplier nowNanos) {
        this.config = config;
        this.publisher = publisher;
        this.metrics = metrics;
        this.nowNanos = nowNanos;
        ByteBudget budget = new ByteBudget(config.maxBodiesBytes());
        this.bodies = ThreadLocal.withInitial(
                () -> new BodyReader(config.maxBodyBytes(), budget, config.bodyTimeout(), System::nanoTime));
    }

    private static Executor answerThreads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                ANSWER_THREADS, ANSWER_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "answer-spans");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Takes requests of this protocol. */
    public <R extends Receipt> Handler over(Protocol<R> protocol) {
        ThreadLocal<Protocol.Reader<R>> readers = ThreadLocal.withInitial(protocol::reader);
        return ctx -> receive(ctx, protocol, readers.get());
    }

    /** What a request that does not come over HTTP holds; it reads itself once it is known what is let in. */
    public interface Batch<R extends Receipt> {
        Received<R> read(Admission admission);
    }

    /**
     * Takes a batch whose bytes are in memory already. The future ends when Kafka has it, or fails with what refused it; see
     * {@link Rejection#of}.
     */
    public <R extends Receipt> CompletableFuture<R> receive(Batch<R> batch) {
        try {
            Received<R> received = batch.read(admission());
            R receipt = received.receipt();
            return publisher
                    .publish(received.records())
                    .handleAsync((none, failure) -> counted(receipt, failure), answers);
        } catch (RuntimeException e) {
            metrics.rejected(Rejection.of(e));
            return CompletableFuture.failedFuture(e);
        }
    }

    private <R extends Receipt> R counted(R receipt, @Nullable Throwable failure) {
        if (failure != null) {
            metrics.rejected(Rejection.of(failure));
            throw failure instanceof CompletionException e ? e : new CompletionException(failure);
        }
        receipt.count(metrics);
        return receipt;
    }

    private <R extends Receipt> void receive(Context ctx, Protocol<R> protocol, Protocol.Reader<R> reader)
            throws IOException {
        try {
            Received<R> received = read(ctx, reader);
            // Only the receipt is kept while Kafka is waited for: the producer has copied the records.
            R receipt = received.receipt();
            CompletableFuture<Void> acknowledged = publisher.publish(received.records());
            ctx.future(() ->
                    acknowledged.handleAsync((none, failure) -> answer(ctx, protocol, receipt, failure), answers));
        } catch (IOException | RuntimeException e) {
            refuse(ctx, protocol, e);
        }
    }

    private <R extends Receipt> Received<R> read(Context ctx, Protocol.Reader<R> reader) throws IOException {
        BodyReader bodyReader = bodies.get();
        try {
            BodyBuffer body = bodyReader.read(ctx.req().getInputStream(), ctx.header(Header.CONTENT_ENCODING));
            return reader.read(ctx, body, admission());
        } finally {
            bodyReader.clear();
        }
    }

    /** The clock that the window is counted by: Unix nanoseconds. */
    public long nowNanos() {
        return nowNanos.getAsLong();
    }

    private Admission admission() {
        return new Admission(config.window().acceptedFrom(nowNanos()), config.sampling());
    }

    /** Not on the producer's thread: a client that does not read its answers must not hold up everyone's spans. */
    private <R extends Receipt> @Nullable Void answer(
            Context ctx, Protocol<R> protocol, R receipt, @Nullable Throwable failure) {
        if (failure == null) {
            receipt.count(metrics);
            protocol.accepted(ctx, receipt);
            return null;
        }
        try {
            refuse(ctx, protocol, failure);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
        return null;
    }

    private void refuse(Context ctx, Protocol<?> protocol, Throwable thrown) throws IOException {
        metrics.rejected(Rejection.of(thrown));
        int status = Rejection.status(thrown);
        Throwable cause = Rejection.unwrapped(thrown);
        if (status != 0) {
            if (status == 503) {
                ctx.header(Header.RETRY_AFTER, "1");
            }
            protocol.refused(ctx, status, String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException e) {
            throw e;
        } else {
            throw cause instanceof RuntimeException e ? e : new CompletionException(cause);
        }
    }
}
