package dev.traced.assembler.completion;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.traced.assembler.stats.CountedTrace;
import dev.traced.assembler.stats.ServiceMetrics;
import dev.traced.assembler.stats.ServiceStats;
import dev.traced.assembler.store.TraceStore;
import dev.traced.assembler.store.TraceValues;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.topics.KnownNames;
import dev.traced.topics.OtlpIds;
import dev.traced.topics.OtlpView;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the traces of a partition that have been silent for long enough, and tells of each. Nothing is written while a
 * trace is open: which traces are, a restart reads off the rows of the last seconds.
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

    /** More is not held in memory at a time to see how it hangs together. */
    private static final int MAX_SHAPED_SPANS = 250_000;

    /** One write for so many costs less than one for each, and does not keep readers waiting. */
    private static final int CLOSED_AT_ONCE = 64;

    private final TraceStore store;
    private final long idleMs;
    private final Consumer<TraceEvent> publish;
    private final IdleTimers timers = new IdleTimers();
    private final PartitionClock clock;
    private final List<TraceStore.Closed> closed = new ArrayList<>();
    private final Map<TraceId, Closing> unwritten = new HashMap<>();
    private final ServiceStats services;
    private final ServiceMetrics metrics;
    private final KnownNames names = new KnownNames();
    private @Nullable LargeTrace underWay;
    private long closedUpToMs;
    private long settlingMs;
    private long settlingSinceMs;
    private long settledMs;
    private boolean hasPublished;

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
            long nowMs,
            ServiceStats services,
            ServiceMetrics metrics,
            Consumer<TraceEvent> publish) {
        this.services = services;
        this.metrics = metrics;
        this.store = store;
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
        Closing last = last(traceId);
        int number = Closing.number(head, last);
        TraceValues values = store.chunks().values(traceId, head, MAX_EVENT_BYTES);
        if (values.isTooLarge()) {
            underWay = new LargeTrace(traceId, head, number, store.chunks().keys(traceId, head));
            return;
        }
        TraceShape.Builder spans = new TraceShape.Builder();
        values.values().forEach(value -> SpanCursor.addAll(value, spans, names));
        TraceShape shape = spans.build();
        publish(event(traceId, head, number, shape, spans, 1, 1, whole(values.values(), spans)));
        closed(traceId, head, number, shape, spans, last);
    }

    /** The last closing known under the id of a trace; null for none. */
    private @Nullable Closing last(TraceId traceId) {
        Closing last = unwritten.get(traceId);
        return last != null ? last : store.closing(traceId);
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
            TraceId traceId,
            TraceHead head,
            int number,
            TraceShape shape,
            TraceShape.Builder spans,
            @Nullable Closing last) {
        Closing closing = new Closing(head.lastOffset(), number, head.lastActivityMs() + idleMs, shape);
        count(traceId, head, closing, spans, last);
        closed.add(new TraceStore.Closed(traceId, head, closing));
        unwritten.put(traceId, closing);
        if (closed.size() >= CLOSED_AT_ONCE) {
            writeClosed();
        }
    }

    /** What the trace added to the statistics when it closed last goes, what it adds now comes. */
    private void count(
            TraceId traceId, TraceHead head, Closing closing, TraceShape.Builder spans, @Nullable Closing last) {
        CountedTrace before = null;
        if (last != null && head.owns(last.offset())) {
            if (last.isOf(head) && last.atMs() == closing.atMs()) {
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
            unwritten.clear();
        }
    }

    private void publish(TraceEvent event) {
        publish.accept(event);
        hasPublished = true;
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

    /** A trace that goes out in parts, a few at a time. */
    private static final class LargeTrace {
        private final TraceId traceId;
        private final TraceHead head;
        private final int number;
        private final List<byte[]> chunks;
        private final TraceShape.Builder spans = new TraceShape.Builder();
        private int published;

        LargeTrace(TraceId traceId, TraceHead head, int number, List<byte[]> chunks) {
            this.traceId = traceId;
            this.head = head;
            this.number = number;
            this.chunks = chunks;
        }
    }

    private void publishNextPart(LargeTrace large) {
        byte[] value = store.chunks().value(large.chunks.get(large.published));
        if (value
                == null) { // eviction has moved it in the meantime: once more from the beginning, if it has not expired
            underWay = null;
            timers.arm(large.traceId, large.head.lastActivityMs());
            return;
        }
        int parts = large.chunks.size();
        boolean isShaped = large.head.spanCount() <= MAX_SHAPED_SPANS;
        if (isShaped) {
            SpanCursor.addAll(value, large.spans, names);
        }
        ByteString part = UnsafeByteOperations.unsafeWrap(OtlpIds.shortened(value));
        large.published++;
        if (large.published < parts) {
            publish(event(large.traceId, large.head, large.number, null, null, large.published, parts, part));
            return;
        }
        TraceShape shape = isShaped ? large.spans.build() : TraceShape.TOO_LARGE;
        publish(event(large.traceId, large.head, large.number, shape, large.spans, parts, parts, part));
        underWay = null;
        TraceHead now = store.head(large.traceId);
        if (now == null) {
            return; // expired in the meantime
        }
        if (now.lastOffset() != large.head.lastOffset()) {
            timers.arm(large.traceId, now.lastActivityMs()); // more has come
            return;
        }
        closed(large.traceId, now, large.number, shape, large.spans, last(large.traceId));
    }

    private void settle(long nowMs) {
        if (nowMs - settlingSinceMs < SETTLED_AFTER_MS) {
            return;
        }
        if (settlingMs > settledMs) {
            store.closedUpTo(settlingMs);
            settledMs = settlingMs;
        }
        if (hasPublished) { // a store at rest writes nothing
            settlingMs = closedUpToMs;
            hasPublished = false;
        }
        settlingSinceMs = nowMs;
    }
}
