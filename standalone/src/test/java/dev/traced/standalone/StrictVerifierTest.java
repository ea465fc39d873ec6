package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything the contract says, under 50 writers at a time: each answer equals the one computed by brute force. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class StrictVerifierTest {
    @TempDir
    Path data;

    @Test
    void everyAnswer_equalsTheRecomputedOne() {
        WorkloadShape shape = WorkloadShape.DEFAULT
                .withTraces(FullLength.choose(2_500, 30_000))
                .withLargestBatch(100);
        Workload workload = Workload.generate(FullLength.seed(), Instant.now(), shape);
        try (TracedProcess up = TracedProcess.up(data)) {
            Verifier verifier = new Verifier(up.client(), VerifierSettings.DEFAULT.withWriters(50));

            verifier.write(workload);
            Report report = verifier.check();

            System.out.println("ready after " + up.readyAfter().toMillis() + " ms; " + report);
            report.assertClean();
            assertThat(report.count("lists checked")).isGreaterThan(200);
            assertThat(report.count("post: 503"))
                    .as("503 to a POST of a healthy server")
                    .isZero();
            assertThat(up.metric("traced_spans_accepted_total"))
                    .as("every span that was accepted is stored or counted as something else")
                    .isPositive()
                    .isEqualTo(up.metric("traced_spans_stored_total")
                            + up.metric("traced_spans_duplicate_total")
                            + up.metric("traced_spans_stale_total")
                            + up.metric("traced_spans_sampled_out_total")
                            + up.metric("traced_spans_expired_total"));
            assertThat(up.metric("traced_records_dead_letter_total")).isZero();
        }
    }
}
