package dev.traced.testing.verify;

import static dev.traced.testing.verify.TestSpans.NOW_NANOS;
import static dev.traced.testing.verify.TestSpans.at;
import static dev.traced.testing.verify.TestSpans.child;
import static dev.traced.testing.verify.TestSpans.id;
import static dev.traced.testing.verify.TestSpans.root;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.ListedTraces;
import dev.traced.testing.verify.wire.WireSpan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OracleTest {

    private static final Visibility VISIBILITY = new Visibility(Duration.ofSeconds(60), Duration.ofSeconds(5));

    @Test
    void summary_isOfTheRoot_withAllSpansCounted() {
        ListedTrace row = only(child(1, 2, 1, -5), root(1, 1, 0), child(1, 3, 9, 20));

        assertThat(row).isEqualTo(new ListedTrace(id(1), "service 1", "operation 1", at(0), 10, 3, "ok"));
    }

    @Test
    void status_isError_whenAnySpanIs() {
        assertThat(only(root(1, 1, 0), child(1, 2, 1, 1).withStatus("error")).status())
                .isEqualTo("error");
    }

    @Test
    void duration_isCutToWholeMilliseconds() {
        assertThat(only(root(1, 1, 0).withTimes(at(0), at(2) - 1)).durationMs()).isEqualTo(1);
        assertThat(only(root(1, 1, 0).withTimes(at(0), at(2))).durationMs()).isEqualTo(2);
    }

    @Test
    void trace_isNotListed_beforeItsRoot_butHasADetail() {
        Oracle oracle = oracle(child(1, 2, 1, 0));

        assertThat(oracle.list(ListQuery.newest(20), NOW_NANOS)).isEqualTo(new ListedTraces(List.of(), 0));
        assertThat(oracle.detail(id(1), NOW_NANOS)).contains(List.of(child(1, 2, 1, 0)));
        assertThat(oracle.detail(id(2), NOW_NANOS)).isEmpty();
    }

    @Test
    void root_isTheEarliest_thenTheSmallestId() {
        assertThat(only(root(1, 1, 5), root(1, 2, 3)).rootService()).isEqualTo("service 2");
        assertThat(only(root(1, 2, 3), root(1, 1, 3)).rootService()).isEqualTo("service 1");
        assertThat(only(root(1, 2, 3), root(1, 1, 3)).spanCount()).isEqualTo(2);
    }

    @Test
    void duplicate_isCountedOnce_andReplacesTheEarlier() {
        WireSpan replacement =
                root(1, 1, 7).withOperation("later").withStatus("error").withTags(Map.of());

        ListedTrace row = only(root(1, 1, 0), child(1, 2, 1, 0), child(1, 2, 1, 0), replacement);

        assertThat(row).isEqualTo(new ListedTrace(id(1), "service 1", "later", at(7), 10, 2, "error"));
    }

    @Test
    void duplicate_clearsAnError_whenTheReplacementIsOk() {
        assertThat(only(root(1, 1, 0).withStatus("error"), root(1, 1, 0)).status())
                .isEqualTo("ok");
    }

    @Test
    void replacedRoot_thatIsAChildNow_unlistsTheTrace() {
        Oracle oracle = oracle(root(1, 1, 0), child(1, 2, 1, 0), child(1, 1, 9, 0));

        assertThat(oracle.listed(NOW_NANOS)).isEmpty();
        assertThat(oracle.detail(id(1), NOW_NANOS).orElseThrow()).hasSize(2);
    }

    @Test
    void replacedRoot_givesWayToTheOtherRoot() {
        assertThat(only(root(1, 1, 0), root(1, 2, 5), root(1, 1, 9)).rootService())
                .isEqualTo("service 2");
    }

    @Test
    void spanId_isUniqueWithinItsTraceOnly() {
        Oracle oracle = oracle(root(1, 1, 0), root(2, 1, 1));

        assertThat(oracle.listed(NOW_NANOS)).hasSize(2);
    }

    @Test
    void list_isNewestFirst_thenByTraceId() {
        Oracle oracle = oracle(root(3, 1, 0), root(1, 1, 0), root(2, 1, 5), root(4, 1, -5));

        assertThat(oracle.listed(NOW_NANOS))
                .extracting(ListedTrace::traceId)
                .containsExactly(id(2), id(1), id(3), id(4));
    }

    @Test
    void detail_isByStart_thenBySpanId() {
        Oracle oracle = oracle(child(1, 3, 1, 0), child(1, 2, 1, 0), root(1, 1, 1));

        assertThat(oracle.detail(id(1), NOW_NANOS).orElseThrow())
                .containsExactly(child(1, 2, 1, 0), child(1, 3, 1, 0), root(1, 1, 1));
    }

    @Test
    void after_isInclusive_before_isExclusive_andTotalIgnoresTheLimit() {
        Oracle oracle = oracle(root(1, 1, 1), root(2, 1, 2), root(3, 1, 3), root(4, 1, 4));

        ListedTraces page = oracle.list(new ListQuery(1, at(2), at(4)), NOW_NANOS);

        assertThat(page.total()).isEqualTo(2);
        assertThat(page.traces()).extracting(ListedTrace::traceId).containsExactly(id(3));
        assertThat(oracle.list(new ListQuery(9, at(4), null), NOW_NANOS).total())
                .isEqualTo(1);
        assertThat(oracle.list(new ListQuery(9, null, at(1)), NOW_NANOS).total())
                .isZero();
        assertThat(oracle.list(new ListQuery(9, at(5), at(6)), NOW_NANOS).total())
                .isZero();
        assertThat(oracle.list(ListQuery.startingAt(at(2)), NOW_NANOS).total()).isEqualTo(1);
    }

    @Test
    void limit_isTwenty_unlessSaid() {
        WireSpan[] roots = new WireSpan[25];
        for (int i = 0; i < roots.length; i++) {
            WireSpan root = root(1, 1, i);
            String traceId = "00000000-0000-0000-0000-0000000000" + (10 + i);
            roots[i] =
                    new WireSpan(traceId, id(1), null, "", "", root.startTimeNanos(), root.endTimeNanos(), "ok", null);
        }

        ListedTraces page = oracle(roots).list(new ListQuery(null, null, null), NOW_NANOS);

        assertThat(page.traces()).hasSize(20);
        assertThat(page.total()).isEqualTo(25);
    }

    @Test
    void trace_isGone_onceItsRootIsOlderThanWindowAndGrace() {
        Oracle oracle = oracle(root(1, 1, 0), child(1, 2, 1, 9_000));

        assertThat(oracle.listed(at(65_000))).hasSize(1);
        assertThat(oracle.detail(id(1), at(65_000))).isPresent();
        assertThat(oracle.listed(at(65_000) + 1)).isEmpty();
        assertThat(oracle.list(new ListQuery(20, 0L, null), at(65_000) + 1).total())
                .isZero();
        assertThat(oracle.detail(id(1), at(65_000) + 1)).isEmpty();
    }

    @Test
    void rootlessTrace_isGone_onceItsNewestSpanIs() {
        Oracle oracle = oracle(child(1, 2, 1, 0), child(1, 3, 1, 1_000));

        assertThat(oracle.detail(id(1), at(66_000)).orElseThrow()).hasSize(2);
        assertThat(oracle.detail(id(1), at(66_000) + 1)).isEmpty();
    }

    @Test
    void traceInTheFuture_isListed() {
        assertThat(oracle(root(1, 1, 86_400_000)).listed(NOW_NANOS)).hasSize(1);
    }

    private static Oracle oracle(WireSpan... arrivals) {
        return Oracle.of(List.of(arrivals), VISIBILITY);
    }

    private static ListedTrace only(WireSpan... arrivals) {
        List<ListedTrace> rows = oracle(arrivals).listed(NOW_NANOS);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
