package dev.traced.testing.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Daemon threads that do the same thing side by side. An exception in one of them reaches whoever awaits them. */
final class Crew implements AutoCloseable {

    private final ExecutorService threads;
    private final Object context;

    /** @param context said in every failure */
    Crew(String name, Object context) {
        this.context = context;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    Work start(int times, Runnable task) {
        List<Future<?>> started = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            started.add(threads.submit(task));
        }
        return new Work(started);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Started tasks. */
    final class Work {
        private final List<Future<?>> tasks;

        private Work(List<Future<?>> tasks) {
            this.tasks = tasks;
        }

        void await() {
            try {
                for (Future<?> task : tasks) {
                    task.get();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("The verifier itself failed, with " + context, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted, with " + context);
            }
        }
    }
}
