package dev.traced.testing.verify.load;

import dev.traced.testing.verify.Latencies;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the workers, prints a line each second, and the result at the end. */
final class LoadRun {

    private final LoadSettings settings;
    private final PrintStream out;
    private final LoadResult result = new LoadResult();

    LoadRun(LoadSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    LoadResult run() throws InterruptedException {
        long start = System.nanoTime();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < settings.workers(); i++) {
            Thread worker = new Thread(new LoadWorker(settings, result, i, start), "load-" + i);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        printSeconds(start);
        for (Thread worker : workers) {
            worker.join();
        }
        printResult(System.nanoTime() - start);
        return result;
    }

    private void printSeconds(long start) throws InterruptedException {
        long end = start + settings.duration().toNanos();
        long before = 0;
        for (int second = 1; second <= settings.duration().toSeconds(); second++) {
            long wait = Math.min(end, start + TimeUnit.SECONDS.toNanos(second)) - System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, wait));
            long accepted = result.acceptedSpans();
            out.printf(
                    Locale.ROOT,
                    "%4d s %,12d spans/s   post so far: %s%s%n",
                    second,
                    accepted - before,
                    latencies(result.posts()),
                    errors());
            before = accepted;
        }
    }

    private void printResult(long tookNanos) {
        double seconds = tookNanos / 1e9;
        out.printf(
                Locale.ROOT,
                "%naccepted   %,d spans in %.2f s = %,.0f spans/s%n",
                result.acceptedSpans(),
                seconds,
                result.acceptedSpans() / seconds);
        out.printf(Locale.ROOT, "post       %s%n", latencies(result.posts()));
        if (settings.measureVisible()) {
            out.printf(Locale.ROOT, "visible    %s (after the 202)%n", latencies(result.visible()));
        }
        Map<String, Long> errors = result.errors();
        out.printf(Locale.ROOT, "errors     %s%n", errors.isEmpty() ? "none" : errors);
    }

    private String errors() {
        return result.errors().isEmpty() ? "" : "   errors so far: " + result.errors();
    }

    private static String latencies(Latencies latencies) {
        return String.format(
                Locale.ROOT,
                "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms (%,d)",
                millis(latencies, 50),
                millis(latencies, 90),
                millis(latencies, 99),
                millis(latencies, 99.9),
                millis(latencies, 100),
                latencies.summary().count());
    }

    private static double millis(Latencies latencies, double percent) {
        return latencies.atPercent(percent).toNanos() / 1e6;
    }
}
