package dev.traced.ingest.json;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.ContentTypes;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.publish.SpanRecords;
import dev.traced.ingest.receive.Admission;
import dev.traced.ingest.receive.Protocol;
import dev.traced.ingest.receive.Received;
import dev.traced.ingest.receive.SpanReceipt;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.Span;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanTooLargeException;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * {@code POST /spans} of the traced contract: a batch is taken whole or not at all; stale spans and those that are sampled out
 * are dropped, of which only a header tells.
 */
public final class TracedProtocol implements Protocol<SpanReceipt> {
    private static final byte[] OK = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);

    @Override
    public Reader<SpanReceipt> reader() {
        SpanBatchReader batches = new SpanBatchReader();
        return (ctx, body, admission) -> read(batches, ctx, body, admission);
    }

    private static Received<SpanReceipt> read(
            SpanBatchReader batches, Context ctx, BodyBuffer body, Admission admission) {
        ContentTypes.requireJson(ctx.header("Content-Type"));
        List<Span> spans = batches.read(body.bytes(), body.length());
        List<Span> fresh = fresh(spans, admission);
        List<Span> kept = inSample(fresh, admission.rates());
        return new Received<>(
                records(spans, kept),
                SpanReceipt.whole(kept.size(), spans.size() - fresh.size(), fresh.size() - kept.size()));
    }

    private static List<Span> fresh(List<Span> spans, Admission admission) {
        for (int i = 0; i < spans.size(); i++) {
            if (admission.isStale(spans.get(i).startTimeNanos())) {
                List<Span> fresh = new ArrayList<>(spans.size());
                for (Span span : spans) {
                    if (!admission.isStale(span.startTimeNanos())) {
                        fresh.add(span);
                    }
                }
                return fresh;
            }
        }
        return spans;
    }

    private static List<Span> inSample(List<Span> spans, SamplingRates rates) {
        if (rates.keepAll()) {
            return spans;
        }
        List<Span> kept = new ArrayList<>(spans.size());
        for (Span span : spans) {
            TraceId trace = span.traceId();
            if (SamplingRates.keep(trace.high(), trace.low(), rates.of(span.service()))) {
                kept.add(span);
            }
        }
        return kept;
    }

    private static List<ProducerRecord<byte[], byte[]>> records(List<Span> batch, List<Span> kept) {
        try {
            return SpanRecords.of(kept);
        } catch (SpanTooLargeException e) {
            throw new TooLargeException("spans[" + batch.indexOf(e.span()) + "] is too large: " + e.getMessage());
        }
    }

    @Override
    public void accepted(Context ctx, SpanReceipt receipt) {
        ctx.status(202).header(SpanReceipt.HEADER, receipt.counts()).result(OK);
    }

    @Override
    public void refused(Context ctx, int status, String message) {
        HttpEdge.error(ctx, status, message);
    }
}
