package dev.traced.tracer.demo;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes requests at a rate, whether or not those before have been answered, and begins the trace of each. Visits are reported by
 * the threads that take the answers.
 */
final class Visitors {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(35);
    private static final int FIRST_ROUNDS = 3;
    private static final int MAX_UNDER_WAY = 250;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WITHIN)
            .build();
    private final Semaphore free = new Semaphore(MAX_UNDER_WAY);
    private final URI shop;
    private final TextMapPropagator propagator;
    private final Tracer tracer;
    private final Random random;
    private final Consumer<Visit> made;

    Visitors(URI shop, OpenTelemetry telemetry, long seed, Consumer<Visit> made) {
        this.shop = shop;
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
        this.tracer = telemetry.getTracer("dev.traced.tracer.demo");
        this.random = new Random(seed);
        this.made = made;
    }

    /** Makes each journey some times, one after the other: what runs for the first time takes its time. */
    void tryOut() throws InterruptedException {
        for (int round = 0; round < FIRST_ROUNDS; round++) {
            for (Journey journey : Journey.values()) {
                visit(journey);
                leave();
            }
        }
    }

    /**
     * Visits at so many a second from now on until the time is over or the thread is interrupted.
     *
     * @param rampUp how long it takes until they are so many: services that just started are slow
     */
    void come(int rate, Duration rampUp, Duration time) throws InterruptedException {
        long start = System.nanoTime();
        for (long visit = 0; ; visit++) {
            long dueNanos = dueNanos(visit, rate, rampUp.toNanos());
            if (dueNanos >= time.toNanos()) {
                return;
            }
            TimeUnit.NANOSECONDS.sleep(start + dueNanos - System.nanoTime());
            visit(Journey.any(random));
        }
    }

    /** While the rate grows evenly from nothing, there have been {@code rate * t * t / (2 * rampUp)} visits at a time t. */
    private static long dueNanos(long visit, int rate, long rampUpNanos) {
        double periodNanos = 1e9 / rate;
        double growing = Math.sqrt(2 * periodNanos * rampUpNanos * visit);
        return (long) (growing < rampUpNanos ? growing : rampUpNanos / 2.0 + periodNanos * visit);
    }

    private void visit(Journey journey) throws InterruptedException {
        free.acquire(); // waits where many are unanswered: the shop stands still
        Span span = tracer.spanBuilder(journey.text())
                .setSpanKind(SpanKind.CLIENT)
                .setNoParent()
                .startSpan();
        HttpRequest.Builder request = journey.request(shop, random);
        propagator.inject(Context.root().with(span), request, (to, name, value) -> to.setHeader(name, value));
        http.sendAsync(request.build(), BodyHandlers.discarding())
                .handle((answer, failure) -> answer == null ? 0 : answer.statusCode())
                .thenAccept(status -> {
                    if (status == 0 || status >= 400) {
                        span.setStatus(StatusCode.ERROR);
                    }
                    span.setAttribute("http.response.status_code", status.longValue());
                    span.end();
                    made.accept(new Visit(span.getSpanContext().getTraceId(), journey, status));
                    free.release();
                });
    }

    /** Waits until all are answered; whether they were, in time. */
    boolean leave() throws InterruptedException {
        boolean isEmpty = free.tryAcquire(MAX_UNDER_WAY, ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        if (isEmpty) {
            free.release(MAX_UNDER_WAY);
        }
        return isEmpty;
    }
}
