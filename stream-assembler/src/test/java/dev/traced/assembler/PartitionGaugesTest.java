package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.store.PartitionStatus.Status;
import dev.traced.assembler.store.StoreSize.Size;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionGaugesTest {
    private static final String RECORDS = "traced.assembly.lag.records";
    private static final String SECONDS = "traced.assembly.lag.seconds";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PartitionGauges gauges = new PartitionGauges(registry);

    @Test
    void lag_isInRecords_andSinceTheRecordAppliedLast() {
        gauges.lag(
                Map.of(0, 100L, 1, 7L, 2, 0L),
                Map.of(
                        0, new Status(true, 89, NOW_MS - 2_500),
                        1, new Status(true, 6, NOW_MS - 60_000),
                        2, new Status(true, -1, 0)),
                NOW_MS);

        assertThat(value(RECORDS, 0)).isEqualTo(10);
        assertThat(value(SECONDS, 0)).isEqualTo(2.5);
        assertThat(value(RECORDS, 1)).as("nothing waits").isZero();
        assertThat(value(SECONDS, 1)).isZero();
        assertThat(value(RECORDS, 2)).as("nothing was ever written").isZero();
        assertThat(value(SECONDS, 2)).isZero();
    }

    @Test
    void recordAfterALongSilence_waitsOnlySinceNothingDid() {
        Status last = new Status(true, 6, NOW_MS);
        gauges.lag(Map.of(0, 7L), Map.of(0, last), NOW_MS + 60_000);

        gauges.lag(Map.of(0, 8L), Map.of(0, last), NOW_MS + 62_000);

        assertThat(value(RECORDS, 0)).isEqualTo(1);
        assertThat(value(SECONDS, 0)).isEqualTo(2);
        gauges.lag(Map.of(0, 8L), Map.of(0, last), NOW_MS + 70_000);
        assertThat(value(SECONDS, 0)).as("it is stuck").isEqualTo(10);
    }

    /** It has come from elsewhere, and how old what waits is nobody knows yet. */
    @Test
    void backlogOfWhichNothingHasBeenApplied_isInRecordsOnly() {
        gauges.lag(Map.of(0, 100L), Map.of(0, new Status(true, 49, 0)), NOW_MS);
        assertThat(value(RECORDS, 0)).isEqualTo(50);
        assertThat(value(SECONDS, 0)).isNull();

        gauges.lag(Map.of(0, 100L), Map.of(0, new Status(true, 50, NOW_MS - 600_000)), NOW_MS);
        assertThat(value(SECONDS, 0)).isEqualTo(600);
    }

    @Test
    void partitionThatHasLeft_hasNoGauges() {
        gauges.lag(Map.of(0, 1L, 1, 1L), Map.of(0, new Status(true, 0, 1), 1, new Status(true, 0, 1)), NOW_MS);
        gauges.sizes(Map.of(0, new Size(3, 5, 7, 11), 1, new Size(4, 6, 8, 11)));
        assertThat(value("traced.store.traces", 1)).isEqualTo(4);
        assertThat(value("traced.store.disk.bytes", 1)).isEqualTo(6);
        assertThat(value("traced.store.memory.bytes", 1)).isEqualTo(8);

        gauges.lag(Map.of(0, 1L), Map.of(0, new Status(true, 0, 1)), NOW_MS);
        gauges.sizes(Map.of(0, new Size(3, 5, 7, 11)));

        assertThat(partitions()).containsExactly("0");
        assertThat(registry.get("traced.store.cache.bytes").gauge().value()).isEqualTo(11);
    }

    private Set<String> partitions() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("partition"))
                .filter(partition -> partition != null)
                .collect(Collectors.toSet());
    }

    private @Nullable Double value(String name, int partition) {
        Gauge gauge = registry.find(name)
                .tag("partition", Integer.toString(partition))
                .gauge();
        return gauge == null ? null : gauge.value();
    }
}
