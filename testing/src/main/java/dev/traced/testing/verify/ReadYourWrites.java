package dev.traced.testing.verify;

import dev.traced.testing.verify.Ledger.Sighting;
import dev.traced.testing.verify.Patience.Asked;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.ListedTraces;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import java.util.List;

/**
 * Checks that hold at any time, while others write: an answer asked for after a 202 shows what that 202 acknowledged.
 * More than that, from requests in flight, is allowed. Thread-safe.
 */
final class ReadYourWrites {

    private final TracedClient client;
    private final Ledger ledger;
    private final Findings findings;
    private final Patience patience;
    private final VerifierSettings settings;
    private final NanoClock clock;

    ReadYourWrites(TracedClient client, Ledger ledger, Findings findings, VerifierSettings settings, NanoClock clock) {
        this.client = client;
        this.ledger = ledger;
        this.findings = findings;
        this.patience = new Patience(findings, settings.patience());
        this.settings = settings;
        this.clock = clock;
    }

    /** The detail has every acknowledged span, in its acknowledged version or a later one, and nothing that was never sent. */
    void detail(String traceId) {
        Sighting sighting = ledger.sight(traceId);
        Answer<List<WireSpan>> answer =
                patience.ask("detail", () -> client.get(traceId)).answer();
        findings.count("reads while writing");
        List<WireSpan> spans = answer.value();
        if (spans != null) {
            ledger.contradiction(sighting, spans)
                    .ifPresent(found -> findings.differs(found.subject(), found.expected(), found.actual()));
        } else if (answer.status() != 404 || ledger.isSurelyVisible(traceId, oldestVisible())) {
            String expected = sighting.acknowledged().size() + " acknowledged spans";
            findings.differs("detail of " + traceId + " while writing", expected, answer.problem());
        }
    }

    /** The list has the trace at its place, as soon as that is certain. */
    void row(String traceId) {
        Sighting sighting = ledger.sight(traceId);
        if (sighting.listedAt().isEmpty()) {
            return;
        }
        ListQuery query = ListQuery.startingAt(sighting.listedAt().getAsLong());
        Answer<ListedTraces> answer =
                patience.ask("list", () -> client.list(query)).answer();
        findings.count("reads while writing");
        if (!ledger.isStillListed(sighting) || !ledger.isSurelyVisible(traceId, oldestVisible())) {
            return;
        }
        String subject = query.path() + " while writing";
        ListedTraces page = answer.value();
        if (page == null) {
            findings.differs(subject, "a row for " + traceId, answer.problem());
            return;
        }
        page.traces().stream()
                .filter(row -> row.traceId().equals(traceId))
                .findFirst()
                .ifPresentOrElse(
                        row -> spanCount(subject, sighting, row),
                        () -> findings.differs(subject, "a row for " + traceId, page.toString()));
    }

    private void spanCount(String subject, Sighting sighting, ListedTrace row) {
        int least = sighting.acknowledged().size();
        int most = ledger.sentSpans(row.traceId());
        if (row.spanCount() < least || row.spanCount() > most) {
            findings.differs(subject, "span_count " + least + ".." + most, row.toString());
        }
    }

    /** The total counts at least the traces that were listed all the time since before the question. */
    void total() {
        long sequence = ledger.sequence();
        Asked<ListedTraces> asked = patience.ask("list", () -> client.list(ListQuery.newest(1)));
        findings.count("reads while writing");
        long least = ledger.surelyListed(sequence, oldestVisible());
        ListedTraces page = asked.answer().value();
        if (page == null) {
            findings.differs(
                    "/traces while writing", "total >= " + least, asked.answer().problem());
        } else if (page.total() < least) {
            findings.differs("/traces while writing", "total >= " + least, "total " + page.total());
        }
    }

    private long oldestVisible() {
        return settings.visibility()
                .oldestVisible(clock.nanos() + settings.clockTolerance().toNanos());
    }
}
