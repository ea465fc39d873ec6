package dev.traced.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads of their own for handlers whose answers are large: a client that does not read its answer holds the thread that
 * writes it, and must not hold one of the server's, which are for everyone. So many requests run, so many wait, and none
 * for long; beyond that the answer is 503.
 */
public final class Bulkhead {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Duration longestWait;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor refusals;

    /** @param queue how many requests may wait for a thread; 0 for none */
    public Bulkhead(String name, int threads, int queue) {
        this(name, threads, queue, LONGEST_WAIT);
    }

    Bulkhead(String name, int threads, int queue, Duration longestWait) {
        this.longestWait = longestWait;
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                queue == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(queue),
                factory);
        this.threads.allowCoreThreadTimeOut(true);
        this.refusals = new ScheduledThreadPoolExecutor(1, factory);
        this.refusals.setRemoveOnCancelPolicy(true);
    }

    /** The same handler, run, and its answer written, by a thread of this bulkhead. */
    public Handler around(Handler handler) {
        return ctx -> ctx.future(() -> submit(handler, ctx));
    }

    private CompletableFuture<Void> submit(Handler handler, Context ctx) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable request = () -> {
            try {
                handler.handle(ctx);
                done.complete(null); // Javalin writes the answer now, on this thread
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        };
        try {
            threads.execute(request);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(tooMany());
        }
        Runnable refusal = () -> {
            if (threads.remove(request)) {
                done.completeExceptionally(tooMany());
            }
        };
        Future<?> scheduled = refusals.schedule(refusal, longestWait.toMillis(), TimeUnit.MILLISECONDS);
        done.whenComplete((answered, failure) -> scheduled.cancel(false));
        return done;
    }

    private static HttpProblem tooMany() {
        return new HttpProblem(503, "too many queries at a time");
    }
}
