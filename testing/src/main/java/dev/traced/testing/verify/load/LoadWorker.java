package dev.traced.testing.verify.load;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One connection that posts batch after batch until the deadline, and now and then looks how soon one is visible. */
final class LoadWorker implements Runnable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long PAUSE_AFTER_ERROR = TimeUnit.MILLISECONDS.toNanos(20);
    // At most so often per worker, so that reading stays a small part of the load.
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_LOOK = TimeUnit.SECONDS.toNanos(10);
    private static final byte[] SPAN_ID_KEY = "\"span_id\"".getBytes(StandardCharsets.US_ASCII);

    private final LoadSettings settings;
    private final LoadResult result;
    private final int number;
    private final long startNanos;
    private final BatchTemplate template;
    private long lastLook;

    /** @param startNanos the run's start in System.nanoTime() */
    LoadWorker(LoadSettings settings, LoadResult result, int number, long startNanos) {
        this.settings = settings;
        this.result = result;
        this.number = number;
        this.startNanos = startNanos;
        this.lastLook = startNanos - BETWEEN_LOOKS;
        SplittableRandom random = new SplittableRandom(settings.seed() + 0x9E3779B97F4A7C15L * number);
        this.template = new BatchTemplate(settings.url(), settings.batch(), settings.spansPerTrace(), random);
    }

    @Override
    public void run() {
        long interval = settings.intervalNanos();
        // Workers start spread over one interval: all at once would measure our own bursts.
        long due = startNanos + interval * number / settings.workers();
        long deadline = startNanos + settings.duration().toNanos();
        try (HttpConnection posts = new HttpConnection(settings.url(), TIMEOUT);
                HttpConnection looks = new HttpConnection(settings.url(), TIMEOUT)) {
            awaitDue(due, deadline);
            // At least once, however short the run.
            do {
                // With a rate, from when it was due: a server that stalls delays the requests behind it, too.
                if (post(posts, interval == 0 ? System.nanoTime() : due)) {
                    look(looks);
                } else {
                    LockSupport.parkNanos(PAUSE_AFTER_ERROR);
                }
                due += interval;
            } while (awaitDue(due, deadline));
        }
    }

    /** False once the run is over. */
    private static boolean awaitDue(long due, long deadline) {
        long now = System.nanoTime();
        while (due - now > 0 && deadline - now > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(due - now, deadline - now));
            now = System.nanoTime();
        }
        return deadline - now > 0 && !Thread.currentThread().isInterrupted();
    }

    private boolean post(HttpConnection connection, long from) {
        template.refresh(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
        long start = settings.rate() == 0 ? System.nanoTime() : from;
        try {
            byte[] request = template.request();
            int status = connection.exchange(request, request.length);
            if (status == 202) {
                result.accepted(template.spans(), System.nanoTime() - start);
                return true;
            }
            result.failed("post " + status);
        } catch (IOException e) {
            result.failed("post " + e.getClass().getSimpleName());
        }
        return false;
    }

    private void look(HttpConnection connection) {
        long start = System.nanoTime();
        if (!settings.measureVisible() || start - lastLook < BETWEEN_LOOKS) {
            return;
        }
        lastLook = start;
        byte[] request = detailRequest();
        while (!isComplete(connection, request)) {
            if (System.nanoTime() - start > LONGEST_LOOK
                    || Thread.currentThread().isInterrupted()) {
                result.failed("not visible within " + TimeUnit.NANOSECONDS.toSeconds(LONGEST_LOOK) + " s");
                return;
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
        }
        result.visible(System.nanoTime() - start);
    }

    private boolean isComplete(HttpConnection connection, byte[] request) {
        try {
            int status = connection.exchange(request, request.length);
            if (status == 200 && connection.countInBody(SPAN_ID_KEY) == template.spansOfFirstTrace()) {
                return true;
            }
            result.failed(status == 200 ? "detail not complete after 202" : "detail " + status + " after 202");
        } catch (IOException e) {
            result.failed("detail " + e.getClass().getSimpleName());
        }
        return false;
    }

    private byte[] detailRequest() {
        URI url = settings.url();
        String path = url.getRawPath().replaceFirst("/+$", "") + "/traces/" + template.firstTraceId();
        return ("GET " + path + " HTTP/1.1\r\nHost: " + url.getRawAuthority() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
