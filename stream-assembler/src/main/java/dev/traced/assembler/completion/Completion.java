package dev.traced.assembler.completion;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.traced.assembler.sampling.AskedTerms;
import dev.traced.assembler.sampling.TailSampler;
import dev.traced.assembler.stats.CountedTrace;
import dev.traced.assembler.stats.ServiceMetrics;
import dev.traced.assembler.stats.ServiceStats;
import dev.traced.assembler.store.TraceStore;
import dev.traced.assembler.store.TraceValues;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.assembler.trace.Verdict;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.topics.KnownNames;
import dev.traced.topics.OtlpIds;
import dev.traced.topics.OtlpView;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the traces of a partition that have been silent for long enough, and tells of each that tail sampling keeps. Nothing
 * is written while a trace is open: which traces are, a restart reads off the rows of the last seconds.
 *
 * <p>What is told is told at least once. How far closing has come is noted only when Kafka certainly has the events: some
 * commits later, since a commit waits for them. After a crash everything later is told again, with the same revision if
 * nothing has changed and a higher one if something has. Used by the stream thread only.
 */
public final class Completion {
    private static final Logger LOGGER = LoggerFactory.getLogger(Completion.class);

    /** Several commit intervals: a commit in between has flushed the producer. */
    private static final long SETTLED_AFTER_MS = 3_000;

    /** What fits into one record with room to spare. A larger trace goes out record by record, as it came in. */
    private static final long MAX_EVENT_BYTES = 512 << 10;

    /** Of more nobody looks how they hang together: it would keep all other records waiting for a tenth of a second. */
    private static final int MAX_SHAPED_SPANS = 25_000;

    /** One write for so many costs less than one for each, and does not keep readers waiting. */
    private static final int CLOSED_AT_ONCE = 64;

    private final TraceStore store;
    private final long idleMs;
    private final TailSampler sampler;
    private final Consumer<TraceEvent> publish;
    private final IdleTimers timers = new IdleTimers();
    private final PartitionClock clock;
    private final List<TraceStore.Closed> closed = new ArrayList<>();
    private final Set<TraceId> closedIds = new HashSet<>();
    private final ServiceStats services;
    private final ServiceMetrics metrics;
    private final KnownNames names = new KnownNames();
    private @Nullable LargeTrace underWay;
    private long closedUpToMs;
    private long settlingMs;
    private long settlingSinceMs;
    private long settledMs;
    private boolean hasClosed;

    /**
     * Takes over a store that has just been activated.
     *
     * @param idle a trace closes after so long without a new span
     * @param nowMs the wall clock
     * @param services what the store has counted, see {@link TraceStore#countServices}
     * @param publish sends an event; asynchronous, in order
     */
    public Completion(
            TraceStore store,
            Duration idle,
            TailSampler sampler,
            long nowMs,
            ServiceStats services,
            ServiceMetrics metrics,
            Consumer<TraceEvent> publish) {
        this.services = services;
        this.metrics = metrics;
        this.store = store;
        this.sampler = sampler;
        this.idleMs = idle.toMillis();
        this.publish = publish;
        closedUpToMs = store.closedUpToMs();
        settlingMs = closedUpToMs;
        settledMs = closedUpToMs;
        long[] newest = {closedUpToMs};
        store.activeSince(closedUpToMs, (traceId, head) -> {
            timers.arm(traceId, head.lastActivityMs());
            newest[0] = Math.max(newest[0], head.lastActivityMs());
        });
        clock = new PartitionClock(newest[0], nowMs);
    }

    /** A record was read, whatever became of it. */
    public void read(long appendMs, long nowMs) {
        clock.read(appendMs, nowMs);
    }

    /**
     * A record is about to bring spans to a trace.
     *
     * @param before the trace as it is, null if it is new
     * @return whether it had closed
     */
    public boolean active(TraceId traceId, @Nullable TraceHead before, long appendMs) {
        boolean isLate = before != null && isClosed(traceId, before);
        if (before == null || isLate) {
            timers.arm(traceId, appendMs);
            reopen(appendMs);
        }
        return isLate;
    }

    /**
     * A trace is open from before what was closed already: it waited in the topic while our clock ran on, or the broker's
     * was set back. A restart must find it, so this is noted before the trace is written.
     */
    private void reopen(long appendMs) {
        closedUpToMs = Math.min(closedUpToMs, appendMs);
        settlingMs = Math.min(settlingMs, appendMs);
        if (appendMs < settledMs) {
            settledMs = appendMs;
            store.closedUpTo(appendMs);
        }
    }

    private boolean isClosed(TraceId traceId, TraceHead head) {
        Closing last = store.closing(traceId);
        return last != null && last.isOf(head);
    }

    /** Traces that are open, and looks at some that have closed in the meantime. */
    public long open() {
        return timers.armed();
    }

    /** By how many milliseconds the trace is late that is due first; 0 or less if none is due. */
    public long lateMs(long nowMs) {
        long silentMs = clock.now(nowMs) - idleMs;
        return silentMs - timers.firstMs().orElse(silentMs);
    }

    /**
     * Closes what is due, until done or out of time.
     *
     * @param nowMs the wall clock
     * @param untilNanos when to stop, of {@link System#nanoTime}
     */
    public void run(long nowMs, long untilNanos) {
        long silentMs = clock.now(nowMs) - idleMs;
        boolean hasTime = true;
        while (hasTime) {
            LargeTrace large = underWay;
            if (large == null) {
                TraceId due = timers.poll(silentMs);
                if (due == null) {
                    break;
                }
                look(due, silentMs);
            } else if (large.isToLook()) {
                lookAtNextPart(large);
            } else {
                publishNextPart(large);
            }
            hasTime = System.nanoTime() - untilNanos < 0;
        }
        writeClosed();
        long upToMs = Math.min(silentMs, timers.firstMs().orElse(silentMs));
        if (underWay != null) {
            upToMs = Math.min(upToMs, underWay.head.lastActivityMs());
        }
        closedUpToMs = Math.max(closedUpToMs, upToMs);
        settle(nowMs);
    }

    private void look(TraceId traceId, long silentMs) {
        TraceHead head = store.head(traceId);
        if (head == null) {
            return; // expired
        }
        if (!IdleTimers.isDue(head.lastActivityMs(), silentMs)) {
            timers.arm(traceId, head.lastActivityMs());
            return;
        }
        if (closedIds.contains(traceId)) {
            writeClosed(); // a restart may have armed it twice: what was decided the first time holds
        }
        Closing any = store.closing(traceId);
        Closing last = any != null && head.owns(any.offset()) ? any : null;
        if (last != null && last.isDrop() && last.isOf(head)) {
            add(traceId, head, last); // again: a crash may have lost what was logged of it
            return;
        }
        int number = Closing.number(head, last);
        TraceValues values = store.chunks().values(traceId, head, MAX_EVENT_BYTES);
        if (values.isTooLarge()) {
            List<byte[]> chunks = store.chunks().keys(traceId, head);
            boolean isShaped = head.spanCount() <= MAX_SHAPED_SPANS;
            AskedTerms asked = sampler.mustLook(last) ? sampler.asked(isShaped) : null;
            underWay = new LargeTrace(traceId, head, last, number, chunks, isShaped, asked);
            return;
        }
        TraceShape.Builder spans = new TraceShape.Builder();
        values.values().forEach(value -> SpanCursor.addAll(value, spans, names));
        TraceShape shape = spans.build();
        Verdict verdict = sampler.verdict(traceId, head, last, shape, () -> {
            AskedTerms asked = sampler.asked(true);
            values.values().forEach(asked::add);
            return asked;
        });
        Closing closing = closing(head, number, shape, verdict);
        if (!closing.isDrop()) {
            publish.accept(event(traceId, head, number, shape, spans, 1, 1, whole(values.values(), spans)));
        }
        closed(traceId, head, closing, spans, last);
    }

    private Closing closing(TraceHead head, int number, TraceShape shape, @Nullable Verdict verdict) {
        boolean isKept = verdict == null || verdict.isKept();
        return new Closing(head.lastOffset(), isKept ? number : 0, head.lastActivityMs() + idleMs, shape, verdict);
    }

    /**
     * Once each and as OTLP wants it: mostly that is what came, one after the other. So it is, twice or not, if it came
     * past the gateway and no parser takes it.
     */
    private static ByteString whole(List<byte[]> values, TraceShape.Builder spans) {
        if (!spans.isPlain()) {
            try {
                return OtlpView.of(values).toByteString();
            } catch (IllegalArgumentException e) {
                LOGGER.atDebug().setCause(e).log("spans that no parser takes");
            }
        }
        ByteString whole = ByteString.EMPTY;
        for (byte[] value : values) {
            whole = whole.concat(UnsafeByteOperations.unsafeWrap(OtlpIds.shortened(value)));
        }
        return whole;
    }

    private void closed(
            TraceId traceId, TraceHead head, Closing closing, TraceShape.Builder spans, @Nullable Closing last) {
        count(traceId, head, closing, spans, last);
        add(traceId, head, closing);
    }

    private void add(TraceId traceId, TraceHead head, Closing closing) {
        closed.add(new TraceStore.Closed(traceId, head, closing));
        closedIds.add(traceId);
        hasClosed = true;
        if (closed.size() >= CLOSED_AT_ONCE) {
            writeClosed();
        }
    }

    /**
     * What the trace added to the statistics when it closed last goes, what it adds now comes.
     *
     * @param last of this trace, not of an earlier one of its id
     */
    private void count(
            TraceId traceId, TraceHead head, Closing closing, TraceShape.Builder spans, @Nullable Closing last) {
        CountedTrace before = null;
        if (last != null) {
            if (last.offset() == closing.offset() && last.atMs() == closing.atMs()) {
                return; // only told again
            }
            before = store.counted(traceId, head, last, names);
        }
        CountedTrace now = closing.shape().isKnown() ? new CountedTrace(spans, closing.atMs()) : null;
        services.replace(before, now);
        metrics.closed(before, now);
    }

    private void writeClosed() {
        if (!closed.isEmpty()) {
            store.close(closed);
            closed.clear();
            closedIds.clear();
        }
    }

    private static TraceEvent event(
            TraceId traceId,
            TraceHead head,
            int closing,
            @Nullable TraceShape shape,
            TraceShape.@Nullable Builder spans,
            int part,
            int parts,
            ByteString value) {
        return new TraceEvent(
                traceId,
                closing == 1 ? TraceEvent.Kind.TRACE_COMPLETE : TraceEvent.Kind.UPDATE_TRACE,
                head.revision(),
                head.spanCount(),
                (shape != null && shape.isKnown()) ? Boolean.valueOf(shape.isComplete()) : null,
                spans == null || (shape != null && shape.missingParents() == 0)
                        ? List.of()
                        : TraceEvent.texts(spans.missingParents()),
                part,
                parts,
                value);
    }

    /** @return null if eviction has moved it in the meantime: then the trace begins anew, if it has not expired */
    private byte @Nullable [] part(LargeTrace large, int part) {
        byte[] value = store.chunks().value(large.chunks.get(part));
        if (value == null) {
            underWay = null;
            timers.arm(large.traceId, large.head.lastActivityMs());
        }
        return value;
    }

    private void lookAtNextPart(LargeTrace large) {
        byte[] value = part(large, large.looked);
        AskedTerms asked = large.asked;
        if (value == null || asked == null) {
            return;
        }
        if (large.isShaped) {
            SpanCursor.addAll(value, large.spans, names);
        }
        asked.add(value);
        large.looked++;
        if (large.looked == large.chunks.size()) {
            TraceShape shape = large.shape();
            large.verdict = sampler.verdict(large.traceId, large.head, large.last, shape, () -> asked);
            if (large.verdict != null && !large.verdict.isKept()) {
                end(large, shape);
            }
        }
    }

    private void publishNextPart(LargeTrace large) {
        byte[] value = part(large, large.published);
        if (value == null) {
            return;
        }
        int parts = large.chunks.size();
        if (large.isShaped && large.asked == null) {
            SpanCursor.addAll(value, large.spans, names);
        }
        ByteString part = UnsafeByteOperations.unsafeWrap(OtlpIds.shortened(value));
        large.published++;
        if (large.published < parts) {
            publish.accept(event(large.traceId, large.head, large.number, null, null, large.published, parts, part));
            return;
        }
        TraceShape shape = large.shape();
        publish.accept(event(large.traceId, large.head, large.number, shape, large.spans, parts, parts, part));
        end(large, shape);
    }

    private void end(LargeTrace large, TraceShape shape) {
        underWay = null;
        TraceHead now = store.head(large.traceId);
        if (now == null || !now.owns(large.head.lastOffset())) {
            return; // expired in the meantime
        }
        Closing closing = closing(large.head, large.number, shape, large.verdict);
        boolean hasMore = !closing.isOf(now);
        if (hasMore) {
            timers.arm(large.traceId, now.lastActivityMs());
        }
        if (!hasMore || !closing.isDrop()) { // what has been told of must not be dropped next
            closed(large.traceId, now, closing, large.spans, large.last);
        }
    }

    private void settle(long nowMs) {
        if (nowMs - settlingSinceMs < SETTLED_AFTER_MS) {
            return;
        }
        if (settlingMs > settledMs) {
            store.closedUpTo(settlingMs);
            settledMs = settlingMs;
        }
        if (hasClosed) { // a store at rest writes nothing
            settlingMs = closedUpToMs;
            hasClosed = false;
        }
        settlingSinceMs = nowMs;
    }
}
