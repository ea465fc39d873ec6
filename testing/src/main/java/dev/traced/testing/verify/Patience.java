package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.Answer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Repeats a request while the server is unavailable, up to a limit; counts every attempt that failed. Thread-safe. */
final class Patience {

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
    // Well below Retry-After: the verifier wants to be there in the first moments after a restart.
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final Findings findings;
    private final Duration limit;

    Patience(Findings findings, Duration limit) {
        this.findings = findings;
        this.limit = limit;
    }

    /** @param name of the request in the report */
    <T> Asked<T> ask(String name, Supplier<Answer<T>> request) {
        long deadline = System.nanoTime() + limit.toNanos();
        long pause = FIRST_PAUSE;
        boolean isFirst = true;
        while (true) {
            Answer<T> answer = request.get();
            if (answer.isOk()) {
                findings.took(name, answer.tookNanos());
            }
            if (!answer.isUnavailable()) {
                return new Asked<>(answer, isFirst);
            }
            countUnavailable(name, answer);
            if (System.nanoTime() - deadline > 0) {
                return new Asked<>(answer, false);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            isFirst = false;
        }
    }

    private void countUnavailable(String name, Answer<?> answer) {
        if (answer.status() == 0) {
            findings.count(name + ": no answer");
        } else if (answer.status() != 503) {
            findings.count(name + ": not complete");
        } else {
            findings.count(name + ": 503");
            if (answer.retryAfter() == null) {
                findings.differs(name, "Retry-After with a 503", "no such header: " + answer.error());
            }
        }
    }

    /** @param atFirst whether the first attempt was answered; else nobody knows what became of the earlier ones */
    record Asked<T>(Answer<T> answer, boolean atFirst) {}
}
