package dev.traced.ingest;

import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.BodyReader;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.body.ContentTypes;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.json.SpanBatchReader;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.publish.SpanRecords;
import dev.traced.model.Span;
import dev.traced.topics.SpanTooLargeException;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /spans}: reads a batch, drops what began before the window, publishes the rest and answers 202 once Kafka
 * has it. For use by any number of threads; none of them waits for Kafka.
 */
public final class SpansHandler implements Handler {
    private static final byte[] OK = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);

    private static final int ANSWER_THREADS = 16;

    private final IngestConfig config;
    private final SpanPublisher publisher;
    private final IngestMetrics metrics;
    private final LongSupplier nowNanos;
    private final ThreadLocal<Readers> readers;
    private final Executor answers = answerThreads();

    /** What a thread needs to read a batch; its buffers and caches serve one request after the other. */
    private record Readers(BodyReader body, SpanBatchReader batch) {}

    /** @param nowNanos Unix nanoseconds */
    public SpansHandler(IngestConfig config, SpanPublisher publisher, IngestMetrics metrics, LongSupplier nowNanos) {
        this.config = config;
        this.publisher = publisher;
        this.metrics = metrics;
        this.nowNanos = nowNanos;
        ByteBudget bodies = new ByteBudget(config.maxBodiesBytes());
        this.readers = ThreadLocal.withInitial(() -> new Readers(
                new BodyReader(config.maxBodyBytes(), bodies, config.bodyTimeout(), System::nanoTime),
                new SpanBatchReader()));
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

    @Override
    public void handle(Context ctx) throws IOException {
        try {
            Batch batch = read(ctx);
            // Only the counts are kept while Kafka is waited for: the producer has copied the records.
            int fresh = batch.fresh();
            int stale = batch.stale();
            CompletableFuture<Void> acknowledged = publisher.publish(batch.records());
            ctx.future(() -> acknowledged.handleAsync((none, failure) -> answer(ctx, fresh, stale, failure), answers));
        } catch (IOException | RuntimeException e) {
            metrics.rejected(Rejection.of(e));
            throw e;
        }
    }

    /** Not on the producer's thread: a client that does not read its answers must not hold up everyone's spans. */
    private @Nullable Void answer(Context ctx, int fresh, int stale, @Nullable Throwable failure) {
        if (failure != null) {
            metrics.rejected(Rejection.of(failure));
            throw Rejection.asRuntimeException(failure);
        }
        metrics.accepted(fresh, stale);
        ctx.status(202).result(OK);
        return null;
    }

    /** What is left of a body: records to publish, and how many spans are and are not in them. */
    private record Batch(List<ProducerRecord<byte[], byte[]>> records, int fresh, int stale) {}

    private Batch read(Context ctx) throws IOException {
        Readers reader = readers.get();
        try {
            BodyBuffer body = reader.body().read(ctx.req().getInputStream(), ctx.header("Content-Encoding"));
            ContentTypes.requireJson(ctx.header("Content-Type"));
            List<Span> spans = reader.batch().read(body.bytes(), body.length());
            List<Span> fresh = fresh(spans);
            return new Batch(records(spans, fresh), fresh.size(), spans.size() - fresh.size());
        } finally {
            reader.body().clear();
        }
    }

    private List<Span> fresh(List<Span> spans) {
        long from = config.window().acceptedFrom(nowNanos.getAsLong());
        for (int i = 0; i < spans.size(); i++) {
            if (spans.get(i).startTimeNanos() < from) {
                List<Span> fresh = new ArrayList<>(spans.size());
                for (Span span : spans) {
                    if (span.startTimeNanos() >= from) {
                        fresh.add(span);
                    }
                }
                return fresh;
            }
        }
        return spans;
    }

    private static List<ProducerRecord<byte[], byte[]>> records(List<Span> batch, List<Span> fresh) {
        try {
            return SpanRecords.of(fresh);
        } catch (SpanTooLargeException e) {
            throw new TooLargeException("spans[" + batch.indexOf(e.span()) + "] is too large: " + e.getMessage());
        }
    }
}
