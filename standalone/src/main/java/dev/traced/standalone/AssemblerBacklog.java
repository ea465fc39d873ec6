package dev.traced.standalone;

import dev.traced.assembler.serving.LocalPartitionReader;
import dev.traced.ingest.publish.Backlog;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.model.NotReadableException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows ingest down when the assembler of the same process falls behind: both want the same cores, and without this a full
 * load would starve the assembler until queries no longer pass their read barrier. The wait grows with the records that the
 * assembler has yet to see, so that both settle at the same speed.
 */
final class AssemblerBacklog implements Backlog, AutoCloseable {
    private static final long LOOK_EVERY_MS = 10;

    private static final Logger LOGGER = LoggerFactory.getLogger(AssemblerBacklog.class);

    /** So many records are on their way at full speed: less than a quarter of a second. */
    private static final long USUAL_RECORDS = 10_000;

    /** How much longer a batch waits for each thousand records above that. */
    private static final long HOLD_BACK_MS_PER_THOUSAND = 25;

    private static final long MAX_HOLD_BACK_MS = 1_000;

    private final SpanPublisher publisher;
    private final LocalPartitionReader assembler;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "assembler-backlog");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long holdBackMs;

    AssemblerBacklog(SpanPublisher publisher, LocalPartitionReader assembler) {
        this.publisher = publisher;
        this.assembler = assembler;
        ticker.scheduleWithFixedDelay(this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public long holdBackMs() {
        return holdBackMs;
    }

    private void look() {
        try {
            holdBackMs = holdBackMs(behind());
        } catch (NotReadableException e) {
            holdBackMs = 0; // it is moving or stopping; what is durable can wait
        } catch (RuntimeException e) {
            holdBackMs = 0; // a schedule that throws is never run again
            LOGGER.warn("the backlog is not known", e);
        }
    }

    private long behind() {
        Map<Integer, Long> applied = assembler.applied();
        long behind = 0;
        for (Map.Entry<Integer, Long> last : publisher.lastOffsets().entrySet()) {
            Long seen = applied.get(last.getKey());
            if (seen != null) {
                behind += Math.max(0, last.getValue() - seen);
            }
        }
        return behind;
    }

    static long holdBackMs(long behind) {
        return Math.min(MAX_HOLD_BACK_MS, Math.max(0, behind - USUAL_RECORDS) * HOLD_BACK_MS_PER_THOUSAND / 1_000);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
