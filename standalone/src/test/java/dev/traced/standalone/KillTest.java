package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives the end of the process, whenever and however it comes. Spans are up to 20 minutes old. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class KillTest {
    private static final WorkloadShape SHAPE =
            WorkloadShape.DEFAULT.withTraces(FullLength.choose(8_000, 60_000)).withLargestBatch(50);
    private static final VerifierSettings SETTINGS =
            VerifierSettings.DEFAULT.withWriters(16).withReaders(2);

    @TempDir
    Path data;

    @Test
    void kill_fiveTimesUnderLoad_losesNothingAcknowledged() throws Exception {
        Workload workload = Workload.generate(FullLength.seed(), Instant.now(), SHAPE);
        TracedProcess up = TracedProcess.up(data);
        int port = up.port();
        Verifier verifier = verifier(port);
        List<Duration> readyAfter = new ArrayList<>();
        try {
            CompletableFuture<Report> writing = verifier.writeInBackground(workload);
            for (int kills = 1; kills <= 5; kills++) {
                awaitAcknowledged(verifier, kills * workload.spanCount() / 7);
                assertThat(writing).as("still writing at kill %s", kills).isNotDone();
                up.kill();
                up = TracedProcess.up(data, port);
                readyAfter.add(up.awaitReady().readyAfter());
            }
            writing.get(3, TimeUnit.MINUTES);
            Report report = verifier.check();

            System.out.println("ready after each kill: " + readyAfter + "; " + report);
            report.assertClean();
        } catch (AssertionError e) {
            System.out.println(up.output());
            throw e;
        } finally {
            up.close();
        }
    }

    @Test
    void stop_underLoad_endsInTimeAndLosesNothingAcknowledged() throws Exception {
        Workload workload = Workload.generate(FullLength.seed(), Instant.now(), SHAPE.withTraces(3_000));
        TracedProcess up = TracedProcess.up(data);
        int port = up.port();
        Verifier verifier = verifier(port);
        try {
            CompletableFuture<Report> writing = verifier.writeInBackground(workload);
            awaitAcknowledged(verifier, workload.spanCount() / 3);
            Duration stopped = up.stop();
            List<String> said = up.stderr();
            up = TracedProcess.up(data, port);
            Duration readyAfter = up.awaitReady().readyAfter();
            writing.get(3, TimeUnit.MINUTES);
            Report report = verifier.check();

            System.out.println(
                    "stopped in " + stopped + " saying " + said + ", ready after " + readyAfter + "; " + report);
            report.assertClean();
        } catch (AssertionError e) {
            System.out.println(up.output());
            throw e;
        } finally {
            up.close();
        }
    }

    /** The readiness of a restart is not enough: the verifier's first question comes before it and waits until it is answered. */
    private static Verifier verifier(int port) {
        return new Verifier(new TracedClient(URI.create("http://127.0.0.1:" + port)), SETTINGS);
    }

    private static void awaitAcknowledged(Verifier verifier, long spans) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> verifier.acknowledgedSpans() >= spans);
    }
}
