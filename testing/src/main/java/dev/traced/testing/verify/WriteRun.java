package dev.traced.testing.verify;

import dev.traced.testing.verify.Patience.Asked;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.testing.verify.workload.Delivery;
import dev.traced.testing.verify.workload.Request;
import dev.traced.testing.verify.workload.Workload;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Posts one workload: many writers take its requests in order; readers check meanwhile. A request that got no answer or
 * a 503 is repeated until it is acknowledged, so that in the end nothing is uncertain. Thread-safe.
 */
final class WriteRun {

    /** How a request ended. */
    private enum Outcome {
        ACKNOWLEDGED,
        /** Acknowledged in the end, but an earlier attempt may still be on its way to the store. */
        ACKNOWLEDGED_LATE,
        NOT_WRITTEN
    }

    private final Workload workload;
    private final TracedClient client;
    private final Ledger ledger;
    private final Findings findings;
    private final Patience patience;
    private final ReadYourWrites reads;
    private final VerifierSettings settings;
    private final NanoClock clock;
    private final List<CompletableFuture<Outcome>> outcomes;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean isAbandoned;
    private volatile boolean isWritten;

    WriteRun(
            Workload workload,
            TracedClient client,
            Ledger ledger,
            Findings findings,
            ReadYourWrites reads,
            VerifierSettings settings,
            NanoClock clock) {
        this.workload = workload;
        this.client = client;
        this.ledger = ledger;
        this.findings = findings;
        this.patience = new Patience(findings, settings.patience());
        this.reads = reads;
        this.settings = settings;
        this.clock = clock;
        this.outcomes = Stream.generate(() -> new CompletableFuture<Outcome>())
                .limit(workload.requests().size())
                .toList();
    }

    void run() {
        try (Crew crew = new Crew("verifier-write", workload)) {
            Crew.Work reading = crew.start(settings.readers(), this::read);
            crew.start(settings.writers(), this::write).await();
            isWritten = true;
            reading.await();
        } finally {
            isWritten = true;
            isAbandoned = true;
        }
    }

    private void read() {
        while (!isWritten) {
            if (ThreadLocalRandom.current().nextInt(4) == 0) {
                reads.total();
            } else {
                ledger.anyReadable(ThreadLocalRandom.current()).ifPresentOrElse(reads::detail, reads::total);
            }
        }
    }

    private void write() {
        int number;
        while ((number = next.getAndIncrement()) < outcomes.size()) {
            Request request = workload.requests().get(number);
            if (deliverAndTell(request, outcomes.get(number)) != Outcome.NOT_WRITTEN) {
                readBack(request);
            }
        }
    }

    private Outcome deliverAndTell(Request request, CompletableFuture<Outcome> told) {
        try {
            Outcome outcome = deliver(request);
            told.complete(outcome);
            return outcome;
        } finally {
            // Also after an exception: others may wait for this one.
            told.complete(Outcome.NOT_WRITTEN);
        }
    }

    private Outcome deliver(Request request) {
        // Smaller numbers were taken earlier, so that waiting for them cannot lock up.
        boolean isOrderCertain =
                request.after().stream().allMatch(number -> outcomes.get(number).join() == Outcome.ACKNOWLEDGED);
        if (isAbandoned) {
            findings.count("requests abandoned");
            return Outcome.NOT_WRITTEN;
        }
        if (!isOrderCertain) {
            // An old attempt that is stored after all would replace the change, and rightly so: nobody could tell.
            findings.count("changes not sent, order uncertain");
            return Outcome.NOT_WRITTEN;
        }
        ledger.sent(request.spans());
        Outcome outcome = postAll(request);
        if (outcome != Outcome.NOT_WRITTEN) {
            acknowledged(request);
        }
        return outcome;
    }

    private Outcome postAll(Request request) {
        byte[] body = request.body();
        if (request.delivery() == Delivery.TWICE_AT_ONCE) {
            CompletableFuture<Outcome> copy = new CompletableFuture<>();
            Thread second = new Thread(() -> copy.complete(postSafely(request, body)), "verifier-copy");
            second.setDaemon(true);
            second.start();
            Outcome first = post(request, body);
            return worse(first, copy.join());
        }
        Outcome first = post(request, body);
        boolean isRepeated = request.delivery() == Delivery.AGAIN && first != Outcome.NOT_WRITTEN;
        return isRepeated ? worse(first, post(request, body)) : first;
    }

    private Outcome postSafely(Request request, byte[] body) {
        try {
            return post(request, body);
        } catch (RuntimeException e) {
            findings.differs(subject(request), "an answer", e.toString());
            return Outcome.NOT_WRITTEN;
        }
    }

    private Outcome post(Request request, byte[] body) {
        Asked<String> asked = patience.ask("post", () -> client.post(body));
        Answer<String> answer = asked.answer();
        if (answer.isOk()) {
            return asked.atFirst() ? Outcome.ACKNOWLEDGED : Outcome.ACKNOWLEDGED_LATE;
        }
        findings.differs(subject(request), "202 within " + settings.patience(), answer.problem());
        // Whoever is unavailable for so long stays so: the other writers need not find out one by one.
        isAbandoned |= answer.isUnavailable();
        return Outcome.NOT_WRITTEN;
    }

    private void acknowledged(Request request) {
        ledger.acknowledged(request.spans());
        findings.count("requests acknowledged");
        findings.count("spans acknowledged", request.spans().size());
        checkNotStale(request);
    }

    private void readBack(Request request) {
        long start = System.nanoTime();
        int any = ThreadLocalRandom.current().nextInt(request.spans().size());
        String traceId = request.spans().get(any).traceId();
        reads.detail(traceId);
        findings.took("visible after 202", System.nanoTime() - start);
        reads.row(traceId);
    }

    /** A span may not have left the window before it was certainly stored: the oracle could not tell whether it was discarded. */
    private void checkNotStale(Request request) {
        long oldestAccepted = settings.visibility().oldestAccepted(clock.nanos());
        for (WireSpan span : request.spans()) {
            if (span.startTimeNanos() < oldestAccepted) {
                findings.differs(
                        subject(request),
                        "a workload whose spans are inside the window when they are acknowledged",
                        "a span that starts before it, maybe discarded: use a smaller spread. " + span);
                return;
            }
        }
    }

    private String subject(Request request) {
        return "request " + request.number() + " of " + workload;
    }

    private static Outcome worse(Outcome one, Outcome other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
