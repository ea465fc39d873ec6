package dev.traced.ingest.json;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.ContentTypes;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.publish.SpanRecords;
import dev.traced.ingest.receive.Protocol;
import dev.traced.ingest.receive.Received;
import dev.traced.ingest.receive.SpanReceipt;
import dev.traced.model.Span;
import dev.traced.topics.SpanTooLargeException;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** {@code POST /spans} of the traced contract: a batch is taken whole or not at all, stale spans are dropped silently. */
public final class TracedProtocol implements Protocol<SpanReceipt> {
    private static final byte[] OK = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);

    @Override
    public Reader<SpanReceipt> reader() {
        SpanBatchReader batches = new SpanBatchReader();
        return (ctx, body, acceptedFromNanos) -> read(batches, ctx, body, acceptedFromNanos);
    }

    private static Received<SpanReceipt> read(
            SpanBatchReader batches, Context ctx, BodyBuffer body, long acceptedFromNanos) {
        ContentTypes.requireJson(ctx.header("Content-Type"));
        List<Span> spans = batches.read(body.bytes(), body.length());
        List<Span> fresh = fresh(spans, acceptedFromNanos);
        return new Received<>(records(spans, fresh), SpanReceipt.whole(fresh.size(), spans.size() - fresh.size()));
    }

    private static List<Span> fresh(List<Span> spans, long from) {
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

    @Override
    public void accepted(Context ctx, SpanReceipt receipt) {
        ctx.status(202).result(OK);
    }

    @Override
    public void refused(Context ctx, int status, String message) {
        HttpEdge.error(ctx, status, message);
    }
}
