package dev.traced.assembler.stats;

import dev.traced.assembler.locks.WriterLock;
import dev.traced.model.RollingWindow;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of the closed traces of a partition, in heap, by slots of the time in which traces start. They are sums of what
 * each trace adds: so a trace that closes again replaces what it had added, and who counts a store anew need not wait for
 * those that close meanwhile. For use by any number of threads.
 */
public final class ServiceStats {
    /** Of a window up to two hours. Each is a part of a minute, so that slots make minutes. */
    private static final int[] SLOT_SECONDS = {60, 30, 20, 15, 10, 6, 5, 3, 2, 1};

    /** Of a longer one. Each is a part of an hour: people know where it begins. */
    private static final int[] SLOT_MINUTES = {2, 3, 4, 5, 6, 10, 12};

    private static final int MIN_SLOTS = 30;

    /** Or a long window would need more memory than there is. */
    private static final long MAX_SLOTS = 120;

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** Slots are kept for so much longer than they are visible, for queries that began before. */
    private static final Duration LINGER = Duration.ofMinutes(1);

    /** In so many slots is a name looked for before another copy of it is kept. */
    private static final int SHARED_SLOTS = 3;

    /** For so long a query keeps the stream thread waiting at a time. */
    private static final long READ_AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final RollingWindow window;
    private final StatsBudget budget;
    private final long slotNanos;
    private final NavigableMap<Long, StatsSlot> slots = new TreeMap<>();
    private final StatsSlot future;

    /** The stream thread writes, and the recount besides; queries read for some milliseconds. */
    private final WriterLock lock = new WriterLock();

    private long forgottenBefore = Long.MIN_VALUE;

    /** How many traces have changed slots. */
    private long moves;

    private boolean isClosed;

    /**
     * @param budget what all partitions of the process share
     * @param nowMs the wall clock
     */
    public ServiceStats(RollingWindow window, StatsBudget budget, long nowMs) {
        this.window = window;
        this.budget = budget;
        this.future = slot();
        this.slotNanos = slotNanos(window.window());
        expire(nowMs);
    }

    /** How long a slot is, in nanoseconds. */
    static long slotNanos(Duration window) {
        if (window.toNanos() > MAX_SLOTS * MINUTE) {
            return MINUTE
                    * Arrays.stream(SLOT_MINUTES)
                            .filter(minutes -> window.toNanos() <= MAX_SLOTS * minutes * MINUTE)
                            .findFirst()
                            .orElse(SLOT_MINUTES[SLOT_MINUTES.length - 1]);
        }
        for (int seconds : SLOT_SECONDS) {
            if (TimeUnit.SECONDS.toNanos(seconds) <= window.toNanos() / MIN_SLOTS) {
                return TimeUnit.SECONDS.toNanos(seconds);
            }
        }
        return TimeUnit.SECONDS.toNanos(1);
    }

    /** What there is a line for by time: minutes, unless slots are longer. */
    private long stepNanos() {
        return Math.max(MINUTE, slotNanos);
    }

    /**
     * A trace closes.
     *
     * @param before what it added so far; null for nothing
     * @param now what it adds from now on; null for nothing
     */
    public void replace(@Nullable CountedTrace before, @Nullable CountedTrace now) {
        lock.lock();
        try {
            add(before, -1);
            add(now, 1);
            moves += before != null && now != null && slotOf(before) != slotOf(now) ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }

    private long slotOf(CountedTrace trace) {
        return trace.isFuture() ? Long.MAX_VALUE : Math.floorDiv(trace.startNanos(), slotNanos);
    }

    private void add(@Nullable CountedTrace trace, int times) {
        if (trace == null || isClosed) {
            return;
        }
        if (trace.isFuture()) {
            future.add(trace, times);
        } else if (trace.startNanos() >= forgottenBefore) {
            slots.computeIfAbsent(slotOf(trace), number -> slot()).add(trace, times);
        }
    }

    private StatsSlot slot() {
        return new StatsSlot(budget, this::inMemory);
    }

    private @Nullable String inMemory(String name) {
        int looked = 0;
        for (StatsSlot slot : slots.descendingMap().values()) {
            String known = slot.name(name);
            if (known != null) {
                return known;
            }
            if (++looked == SHARED_SLOTS) {
                break;
            }
        }
        return null;
    }

    /** In how many slots there are traces, or were. */
    int slots() {
        lock.lock();
        try {
            return slots.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether there are traces that leave with {@link #replace} only. */
    public boolean hasFuture() {
        lock.lock();
        try {
            return !future.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what has left the window. */
    public void expire(long nowMs) {
        long now = TimeUnit.MILLISECONDS.toNanos(nowMs);
        lock.lock();
        try {
            forgottenBefore = Math.max(forgottenBefore, up(window.visibleFrom(now) - LINGER.toNanos()));
            drop(slots.headMap(Math.floorDiv(forgottenBefore, slotNanos)));
        } finally {
            lock.unlock();
        }
    }

    private static void drop(Map<Long, StatsSlot> gone) {
        gone.values().forEach(StatsSlot::release);
        gone.clear();
    }

    /** Forgets everything. Whoever still counts, counts for nothing, and takes no memory. */
    public void close() {
        lock.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                drop(slots);
                future.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whole slots: of one that has left the window in part nothing is counted.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     * @throws InvalidStateStoreException if it takes longer, or the time asked for is forgotten, or all is
     */
    public StatsPage answer(StatsQuery query, long deadlineNanos) throws InterruptedException {
        long visible = up(window.visibleFrom(query.nowNanos()));
        long after = Math.max(visible, Math.floorDiv(query.afterNanos(), slotNanos) * slotNanos);
        Long end = query.beforeNanos();
        Long before = end == null ? null : Long.valueOf(Math.max(after, up(end)));
        while (true) {
            Answer answer = new Answer(query, after, before);
            if (answer.read(deadlineNanos)) {
                return answer.page();
            }
        }
    }

    /**
     * An answer under way. Slots are read one after the other, and the lock is let go of now and then, since those with
     * many names take long. What a trace counts is in one slot; if one has changed slots in between it begins anew.
     */
    private final class Answer {
        private final StatsQuery query;
        private final long after;
        private final @Nullable Long before;
        private final StatsPage page;
        private boolean isComplete = true;

        Answer(StatsQuery query, long after, @Nullable Long before) {
            this.query = query;
            this.after = after;
            this.before = before;
            this.page = new StatsPage(after, before, stepNanos(), true, new TreeMap<>());
        }

        /** @return false if a trace has changed slots in the meantime */
        boolean read(long deadlineNanos) throws InterruptedException {
            Long next = Math.floorDiv(after, slotNanos);
            long nowMs = TimeUnit.NANOSECONDS.toMillis(query.nowNanos());
            boolean isFirst = true;
            long movesBefore = 0;
            while (next != null) {
                beginRead(deadlineNanos);
                try {
                    if (isFirst) {
                        movesBefore = moves;
                        isFirst = false;
                        if (before == null && !CountedTrace.isFuture(query.afterNanos(), nowMs)) {
                            add(future, StatsKey.FUTURE);
                        }
                    }
                    next = readSome(next);
                    if (moves != movesBefore) {
                        return false;
                    }
                } finally {
                    lock.endRead();
                }
            }
            return true;
        }

        private void beginRead(long deadlineNanos) throws InterruptedException {
            if (System.nanoTime() - deadlineNanos > 0 || !lock.beginRead(deadlineNanos)) {
                throw new InvalidStateStoreException("the statistics are busy");
            }
            boolean isThere = !isClosed && after >= forgottenBefore;
            if (!isThere) {
                lock.endRead();
                throw new InvalidStateStoreException(
                        isClosed ? "the store is not active" : "the window has moved on since the query began");
            }
        }

        /** @return the slot to go on with; null at the end */
        private @Nullable Long readSome(long first) {
            NavigableMap<Long, StatsSlot> asked = slots.tailMap(first, true);
            if (before != null) {
                asked = asked.headMap(Math.max(first, before / slotNanos), false);
            }
            long until = System.nanoTime() + READ_AT_ONCE_NANOS;
            for (Map.Entry<Long, StatsSlot> slot : asked.entrySet()) {
                if (System.nanoTime() - until > 0) {
                    return slot.getKey();
                }
                long step = Math.floorDiv(slot.getKey() * slotNanos, stepNanos()) * stepNanos();
                add(slot.getValue(), StatsKey.startingAt(step));
            }
            return null;
        }

        private void add(StatsSlot slot, StatsKey time) {
            slot.addTo(page, query, time);
            isComplete &= !slot.isFull();
        }

        StatsPage page() {
            page.lines().values().removeIf(line -> line.traces() == 0 && line.spans() == 0);
            return new StatsPage(after, before, stepNanos(), isComplete, page.lines());
        }
    }

    /** The end of the slot that a time is in, unless it is where one begins. */
    private long up(long nanos) {
        long slot = Math.floorDiv(nanos - 1, slotNanos) + 1;
        return slot > Long.MAX_VALUE / slotNanos ? Long.MAX_VALUE : slot * slotNanos;
    }
}
