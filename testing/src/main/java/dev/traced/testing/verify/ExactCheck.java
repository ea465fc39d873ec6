package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.ListedTraces;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import java.util.List;
import java.util.Optional;

/**
 * Holds single answers against the oracle, field by field, while nobody writes. A trace that expires between question and
 * answer may be there or not: the list at any moment in between is the list at the start without some of its oldest rows.
 * Thread-safe.
 */
final class ExactCheck {

    private final TracedClient client;
    private final Oracle oracle;
    private final Findings findings;
    private final Patience patience;
    private final long toleranceNanos;
    private final NanoClock clock;

    ExactCheck(TracedClient client, Oracle oracle, Findings findings, VerifierSettings settings, NanoClock clock) {
        this.client = client;
        this.oracle = oracle;
        this.findings = findings;
        this.patience = new Patience(findings, settings.patience());
        this.toleranceNanos = settings.clockTolerance().toNanos();
        this.clock = clock;
    }

    /** Rows and total of one query. Returns the rows expected. */
    List<ListedTrace> list(ListQuery query) {
        long earliest = clock.nanos() - toleranceNanos;
        Answer<ListedTraces> answer =
                patience.ask("list", () -> client.list(query)).answer();
        long latest = clock.nanos() + toleranceNanos;
        findings.count("lists checked");
        ListedTraces before = oracle.list(query, earliest);
        long leastTotal = oracle.list(query, latest).total();
        ListedTraces actual = answer.value();
        if (actual == null) {
            findings.differs(query.path(), "total " + before.total(), answer.problem());
        } else if (actual.total() < leastTotal || actual.total() > before.total()) {
            findings.differs(query.path(), total(leastTotal, before.total()), "total " + actual.total());
        } else {
            long rows = Math.min(actual.total(), query.effectiveLimit());
            rows(query, before.traces().subList(0, (int) rows), actual.traces());
        }
        return before.traces();
    }

    private static String total(long least, long most) {
        return least == most ? "total " + most : "total " + least + ".." + most;
    }

    private void rows(ListQuery query, List<ListedTrace> expected, List<ListedTrace> actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                findings.differs(
                        query.path() + " row " + i,
                        expected.get(i).toString(),
                        actual.get(i).toString());
                return;
            }
        }
        if (expected.size() != actual.size()) {
            findings.differs(query.path(), expected.size() + " rows", actual.size() + " rows");
        }
    }

    /** Every span of one trace, in order, or 404. */
    void detail(String traceId, String asked) {
        long earliest = clock.nanos() - toleranceNanos;
        Answer<List<WireSpan>> answer =
                patience.ask("detail", () -> client.get(asked)).answer();
        long latest = clock.nanos() + toleranceNanos;
        findings.count("details checked");
        Optional<List<WireSpan>> before = oracle.detail(traceId, earliest);
        boolean mayBeGone = oracle.detail(traceId, latest).isEmpty();
        List<WireSpan> actual = answer.value();
        if (actual == null) {
            if (answer.status() != 404 || !mayBeGone) {
                String expected = before.map(spans -> spans.size() + " spans").orElse("404");
                findings.differs("detail of " + asked, expected, answer.problem());
            }
        } else if (before.isEmpty()) {
            findings.differs("detail of " + asked, "404", actual.size() + " spans");
        } else {
            spans(asked, before.get(), actual);
        }
    }

    private void spans(String traceId, List<WireSpan> expected, List<WireSpan> actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                findings.differs(
                        "detail of " + traceId + " span " + i + " of " + expected.size() + ", answered "
                                + actual.size(),
                        expected.get(i).toString(),
                        actual.get(i).toString());
                return;
            }
        }
        if (expected.size() != actual.size()) {
            findings.differs("detail of " + traceId, expected.size() + " spans", actual.size() + " spans");
        }
    }
}
