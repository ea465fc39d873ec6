package dev.traced.tracer.report;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Batches on their way to the collector, one after the other, each until it is taken. The SDK forgets a batch when
 * the exporter has tried it for some seconds, and says nothing of it to the program; here a collector may be away for
 * as long as there is room for what ends meanwhile.
 *
 * <p>{@link #deliver} is called by one thread, which is nobody else's; the other methods by any.
 *
 * @param <T> spans or logs
 */
final class Delivery<T> {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int TRIES_IF_UNCLEAR = 5;

    private final Backlog backlog;
    private final ToLongFunction<T> weight;
    private final Function<Collection<T>, CompletableResultCode> exporter;
    private final Supplier<PartialSuccess> answer;
    private final Outage outage;
    private final CompletableFuture<Void> abandoned = new CompletableFuture<>();

    /**
     * @param what what it is, for the log: spans, logs
     * @param exporter gets a collection that nobody changes
     * @param answer to the batch that the exporter has just sent
     */
    Delivery(
            String what,
            Backlog backlog,
            ToLongFunction<T> weight,
            Function<Collection<T>, CompletableResultCode> exporter,
            Supplier<PartialSuccess> answer) {
        this.backlog = backlog;
        this.weight = weight;
        this.exporter = exporter;
        this.answer = answer;
        this.outage = new Outage(what, backlog);
    }

    /** Returns when the batch is settled: taken, refused or given up. */
    CompletableResultCode deliver(Collection<T> items) {
        List<T> batch = List.copyOf(items); // the SDK clears its own when it thinks that it is over
        long bytes = weightOf(batch);
        long pauseMs = FIRST_PAUSE.toMillis();
        for (int tries = 1; !abandoned.isDone(); tries++) {
            CompletableResultCode result = export(batch);
            if (result.isSuccess()) {
                taken(batch.size(), bytes);
                return CompletableResultCode.ofSuccess();
            }
            if (abandoned.isDone()) {
                break;
            }
            Refusal refusal = Refusal.of(result.getFailureThrowable());
            if (isFinal(refusal, tries)) {
                backlog.refused(batch.size(), bytes);
                outage.refuses(refusal.reason());
                return CompletableResultCode.ofFailure();
            }
            outage.goesOn(refusal.reason());
            pause(pauseMs);
            pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE.toMillis());
        }
        backlog.abandoned(batch.size(), bytes);
        return CompletableResultCode.ofFailure();
    }

    private long weightOf(List<T> batch) {
        long bytes = 0;
        for (T item : batch) {
            bytes += weight.applyAsLong(item);
        }
        return bytes;
    }

    private void taken(int items, long bytes) {
        PartialSuccess partly = answer.get();
        backlog.sent(items, bytes, partly.rejected());
        outage.isOver(partly.reason());
    }

    private static boolean isFinal(Refusal refusal, int tries) {
        return refusal.kind() == Refusal.Kind.FINAL
                || (refusal.kind() == Refusal.Kind.UNCLEAR && tries >= TRIES_IF_UNCLEAR);
    }

    /** Waits for as long as the exporter takes, which has a time-out of its own, or until it is abandoned. */
    private CompletableResultCode export(List<T> batch) {
        CompletableResultCode result;
        try {
            result = exporter.apply(batch);
        } catch (Throwable e) { // the thread that sends must live: without it nothing would be sent any more
            return CompletableResultCode.ofExceptionalFailure(e);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        result.whenComplete(() -> done.complete(null));
        CompletableFuture.anyOf(done, abandoned).join();
        return result;
    }

    private void pause(long ms) {
        CompletableFuture<Void> over = new CompletableFuture<Void>().completeOnTimeout(null, ms, TimeUnit.MILLISECONDS);
        CompletableFuture.anyOf(over, abandoned).join();
    }

    /** Ends what is under way, and what comes after: it counts as dropped. */
    void abandon() {
        abandoned.complete(null);
    }

    /** Counts what still waits as dropped, and says so. */
    void giveUp() {
        backlog.giveUp();
        outage.isLeft();
    }

    Backlog backlog() {
        return backlog;
    }
}
