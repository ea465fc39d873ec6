package dev.traced.testing.verify.workload;

import static dev.traced.testing.verify.TestSpans.NOW;
import static dev.traced.testing.verify.TestSpans.NOW_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.testing.verify.wire.WireSpan;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static final WorkloadShape SHAPE = WorkloadShape.DEFAULT.withTraces(1_500);
    private static final Workload WORKLOAD = Workload.generate(7, NOW, SHAPE);

    @Test
    void workload_isTheSame_forTheSameSeed() {
        Workload again = Workload.generate(7, NOW, SHAPE);

        assertThat(again.requests()).isEqualTo(WORKLOAD.requests());
        assertThat(again.requests().get(0).body())
                .isEqualTo(WORKLOAD.requests().get(0).body());
        assertThat(Workload.generate(8, NOW, SHAPE).requests()).isNotEqualTo(WORKLOAD.requests());
    }

    @Test
    void workload_saysHowToGenerateItAgain() {
        assertThat(WORKLOAD).hasToString("Workload.generate(7L, 2026-01-01T00:00:00Z, " + SHAPE + ")");
    }

    @Test
    void requests_haveOneTo500Spans_bothReached() {
        Set<Integer> sizes = WORKLOAD.requests().stream()
                .map(request -> request.spans().size())
                .collect(Collectors.toSet());

        assertThat(sizes).contains(1, 500).allMatch(size -> size >= 1 && size <= 500);
        assertThat(WORKLOAD.spanCount()).isEqualTo(WORKLOAD.spans().size());
    }

    @Test
    void requests_areNumbered_andWaitForEarlierOnesOnly() {
        List<Request> requests = WORKLOAD.requests();

        for (int i = 0; i < requests.size(); i++) {
            int number = i;
            assertThat(requests.get(i).number()).isEqualTo(i);
            assertThat(requests.get(i).after()).allMatch(earlier -> earlier < number);
        }
    }

    @Test
    void changedSpan_isSent_onlyAfterEveryRequestWithTheVersionBefore() {
        Map<String, WireSpan> latest = new HashMap<>();
        Map<String, Set<Integer>> carriers = new HashMap<>();
        int changes = 0;
        for (Request request : WORKLOAD.requests()) {
            for (WireSpan span : request.spans()) {
                String key = span.traceId() + span.spanId();
                WireSpan before = latest.put(key, span);
                if (before != null && !before.equals(span)) {
                    changes++;
                    assertThat(request.after()).containsAll(carriers.get(key));
                    carriers.remove(key);
                }
                carriers.computeIfAbsent(key, any -> new HashSet<>()).add(request.number());
            }
        }
        assertThat(changes).isGreaterThan(200);
    }

    @Test
    void starts_lieInTheSpread_orAhead() {
        long oldest = NOW_NANOS - Duration.ofMinutes(20).plusSeconds(2).toNanos();

        assertThat(WORKLOAD.spans()).allMatch(span -> span.startTimeNanos() >= oldest);
        assertThat(WORKLOAD.spans()).allMatch(span -> span.endTimeNanos() >= span.startTimeNanos());
        assertThat(WORKLOAD.spans()).anyMatch(span -> span.startTimeNanos() > NOW_NANOS + 1_000_000_000L);
    }

    @Test
    void traces_comeInEveryKind() {
        Map<String, List<WireSpan>> traces =
                WORKLOAD.spans().stream().collect(Collectors.groupingBy(WireSpan::traceId));
        Set<Long> rootCounts = traces.values().stream()
                .map(spans -> spans.stream()
                        .filter(WireSpan::isRoot)
                        .map(WireSpan::spanId)
                        .distinct()
                        .count())
                .collect(Collectors.toSet());
        List<WireSpan> roots =
                WORKLOAD.spans().stream().filter(WireSpan::isRoot).distinct().toList();

        assertThat(traces).hasSizeGreaterThan(1_450);
        assertThat(rootCounts).contains(0L, 1L, 2L);
        assertThat(traces.values())
                .anyMatch(spans -> !spans.get(0).isRoot() && spans.stream().anyMatch(WireSpan::isRoot));
        assertThat(traces.values()).anyMatch(spans -> spans.size() >= 700);
        assertThat(roots.stream().map(WireSpan::startTimeNanos).distinct().count())
                .isLessThan(roots.size() - 100);
        assertThat(WORKLOAD.spans()).anyMatch(WireSpan::isError);
        assertThat(WORKLOAD.spans()).anyMatch(span -> span.tags() == null);
        assertThat(WORKLOAD.spans())
                .anyMatch(span -> span.tags() != null && span.tags().isEmpty());
        assertThat(WORKLOAD.spans())
                .anyMatch(span -> span.tags() != null && span.tags().size() == 50);
    }

    @Test
    void deliveries_comeInEveryKind() {
        assertThat(WORKLOAD.requests()).extracting(Request::delivery).contains(Delivery.values());
    }

    @Test
    void shape_refusesWhatTheContractRefuses() {
        assertThatThrownBy(() -> SHAPE.withLargestBatch(501)).hasMessage("largestBatch must be 1..500, was 501");
        assertThatThrownBy(() -> SHAPE.withTraces(0)).hasMessage("traces must be at least 1, was 0");
    }

    @Test
    void smallestWorkload_isPossible() {
        WorkloadShape smallest = new WorkloadShape(1, 1, 1, Duration.ofMinutes(1));

        assertThat(Workload.generate(1, NOW, smallest).requests()).isNotEmpty();
    }
}
