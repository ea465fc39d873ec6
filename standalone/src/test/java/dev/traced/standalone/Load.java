package dev.traced.standalone;

import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Writes one workload after the other, with reads in between, until told to stop. */
final class Load {
    private final CompletableFuture<Void> done;
    private volatile boolean stopping;

    private Load(Verifier verifier, WorkloadShape shape) {
        done = CompletableFuture.runAsync(
                () -> {
                    while (!stopping) {
                        verifier.write(Workload.generate(FullLength.seed(), Instant.now(), shape));
                    }
                },
                task -> {
                    Thread thread = new Thread(task, "load");
                    thread.setDaemon(true);
                    thread.start();
                });
    }

    static Load on(Verifier verifier, WorkloadShape shape) {
        return new Load(verifier, shape);
    }

    /** Finishes the workload it is at. */
    void finish() throws Exception {
        stopping = true;
        done.get(3, TimeUnit.MINUTES);
    }
}
