package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a comparison is made of, by the modules alone. */
@BrowserTest
class ComparisonTest {
    @BeforeEach
    void open(Page page) {
        page.navigate("/ui/icon.svg"); // a page of the same origin, and no more
    }

    @Test
    void bucketsOfAllSteps_areSummed_andTheRestIsWhatTheSelectionLeaves(Page page) {
        Object pairs = page.evaluate("""
                async () => {
                  const {bucketsOf, pairsOf} = await import('/ui/views/compare/distributions.js');
                  const all = bucketsOf({steps: [{durations: [[8, 10, 3, 0], [40, 48, 1, 1]]}, {durations: [[8, 10, 2, 0]]}, {durations: []}]});
                  const selected = bucketsOf({steps: [{durations: [[40, 48, 1, 1]]}, {durations: [[8, 10, 1, 0], [64, 80, 2, 0]]}]});
                  return pairsOf(all, selected).map(({from, to, selected, rest, selectedShare, restShare}) => [from, to, selected, rest, selectedShare, restShare]);
                }
                """);

        assertThat(pairs)
                .isEqualTo(List.of(
                        List.of(8, 10, 1, 4, 0.25, 1),
                        List.of(40, 48, 1, 0, 0.25, 0),
                        // Came between the two answers.
                        List.of(64, 80, 2, 0, 0.5, 0)));
    }

    /** Buckets of an octave are not equally wide on a logarithmic axis. */
    @Test
    void areaOfAnOutline_isItsShare_alsoAcrossGaps(Page page) {
        Object outline = page.evaluate("""
                async () => {
                  const {outlineOf} = await import('/ui/views/compare/distributions.js');
                  const points = outlineOf([{from: 0, to: 1, restShare: 0.1}, {from: 4, to: 5, restShare: 0.5}, {from: 5, to: 6, restShare: 0.2}, {from: 100, to: 1000, restShare: 0.2}], 'restShare');
                  const area = points.slice(1).reduce((sum, [x], i) => sum + (x - points[i][0]) * points[i][1], 0);
                  return [points.length, Math.round(area * 1e9) / 1e9, points.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)), points.at(-1)];
                }
                """);

        assertThat(outline).isEqualTo(List.of(7, 1, true, List.of(3, 0)));
    }

    @Test
    void strays_areLeftOut_andCounted_butNotThoseOfASmallSelection(Page page) {
        Object found = page.evaluate("""
                async () => {
                  const {pairsOf, withoutStrays} = await import('/ui/views/compare/distributions.js');
                  const bucket = (from, count) => ({from, to: from * 2, count});
                  const all = [bucket(1, 1), bucket(1024, 999), bucket(2 ** 30, 1)];
                  const of = selected => { const {shown, strays} = withoutStrays(pairsOf(all, selected)); return [shown.map(({from}) => from), strays]; };
                  return [of([]), of([bucket(2 ** 30, 1)]), withoutStrays([]).shown.length];
                }
                """);

        assertThat(found).isEqualTo(List.of(List.of(List.of(1024), 2), List.of(List.of(1024, 1_073_741_824), 1), 0));
    }

    @Test
    void selection_isAFilterOfItsOwn_whereOneCanSayIt(Page page) {
        Object filters = page.evaluate("""
                async () => {
                  const {selectionFilter} = await import('/ui/views/compare/sides.js');
                  const of = text => selectionFilter(new URLSearchParams(text))?.toString() ?? null;
                  return [
                    of('service=a&selected_status=error'),
                    of('min_duration_ns=9&selected_min_duration_ns=10&max_duration_ns=90&selected_max_duration_ns=100'),
                    of('after=1795893820000000001&selected_after=1795893820000000002&selected_before=1795893820000000003'),
                    of('tag=a:1&selected_tag=b:2&selected_tag=a:1'),
                    of('service=a&selected_service=a'),
                    of('service=a&selected_service=b'),
                    of('service=a&selected_operation=x')];
                }
                """);

        assertThat((List<?>) filters)
                .asList()
                .containsExactly(
                        "service=a&status=error",
                        "min_duration_ns=10&max_duration_ns=90",
                        "after=1795893820000000002&before=1795893820000000003",
                        "tag=a%3A1&tag=b%3A2",
                        "service=a",
                        null,
                        null);
    }

    @Test
    void differences_areGroupedByTheirKey_whatTheSelectionHasMoreOfFirst(Page page) {
        Object groups = page.evaluate("""
                async () => {
                  const {groupsOf, foremost, sayingOf} = await import('/ui/views/compare/differences.js');
                  const row = (scope, service, key, value, difference) => ({scope, service, key, value, difference, selected: {}, rest: {}});
                  const rows = [row('span', 'pay', 'card', 'visa', -0.9), row('span', 'pay', 'card', 'amex', 0.8), row('operation', null, 'pay', 'charge', 0.5),
                    row('resource', 'pay', 'region', 'eu', 0.4), row('resource', null, 'region', 'us', -0.4), row('status', 'pay', 'status', 'error', 0.1)];
                  return [groupsOf(rows).map(({kind, title, joint, service, isMixed, rows}) => [kind, title, joint, service ?? '', isMixed, rows.map(({value}) => value)]),
                    rows.map(sayingOf), sayingOf(foremost(rows)), foremost([])];
                }
                """);

        assertThat((List<?>) groups)
                .asList()
                .containsExactly(
                        List.of(
                                List.of("tag", "card", "on", "pay", false, List.of("amex", "visa")),
                                List.of("operation", "", "of", "pay", false, List.of("charge")),
                                List.of("resource", "region", "of", "", true, List.of("eu", "us")),
                                List.of("status", "", "of", "pay", false, List.of("error"))),
                        List.of("card = visa", "card = amex", "charge", "region = eu", "region = us", "status error"),
                        "card = amex",
                        null);
    }

    @Test
    void conditions_sayWhatAFilterCan(Page page) {
        Object conditions = page.evaluate("""
                async () => {
                  const {conditionOf, withCondition, replaced, isGiven} = await import('/ui/views/compare/differences.js');
                  const text = (scope, service, key, value) => JSON.stringify(conditionOf({scope, service, key, value}));
                  const params = new URLSearchParams('service=web&operation=x&tag=a:1&selected_status=error');
                  return [
                    text('span', 'pay', 'card', 'a:b'), text('span', 'pay', 'a:b', 'c'), text('service', null, 'service', 'pay'),
                    text('operation', null, 'pay', 'charge'), text('status', 'pay', 'status', 'error'), text('kind', 'pay', 'kind', 'server'),
                    withCondition(params, {tag: 'b:2'}).toString(), withCondition(params, {service: 'pay'}).toString(),
                    withCondition(params, {service: 'pay'}, 'selected_').get('selected_service'),
                    replaced(params, {service: 'pay', operation: 'charge'}).join(), replaced(params, {service: 'web'}).join(),
                    isGiven({scope: 'status', key: 'status', value: 'ok'}, [['status', 'error']]),
                    isGiven({scope: 'span', key: 'card', value: 'amex'}, [['tag', 'card:visa']]),
                    isGiven({scope: 'span', key: 'card', value: 'amex'}, [['tag', 'cards:visa'], ['min_duration_ns', '1']])];
                }
                """);

        assertThat((List<?>) conditions)
                .asList()
                .containsExactly(
                        "{\"tag\":\"card:a:b\"}",
                        "null",
                        "{\"service\":\"pay\"}",
                        "{\"service\":\"pay\",\"operation\":\"charge\"}",
                        "{\"service\":\"pay\",\"status\":\"error\"}",
                        "null",
                        "service=web&operation=x&selected_status=error&tag=a%3A1&tag=b%3A2",
                        "tag=a%3A1&selected_status=error&service=pay",
                        "pay",
                        "service,operation",
                        "",
                        true,
                        true,
                        false);
    }

    /** All that is said of a service of the traces that went through it has the same numbers. */
    @Test
    void rowsOfTheSameNumbers_areOne(Page page) {
        Object found = page.evaluate("""
                async () => {
                  const {folded} = await import('/ui/views/compare/differences.js');
                  const row = (value, selected, rest) => ({value, selected: {traces: selected, share: selected / 10}, rest: {traces: rest, share: rest / 100}});
                  const rows = [row('slow', 7, 0), row('shop', 8, 12), row('GET /', 8, 12), row('card', 8, 13), row('eu', 8, 12)];
                  return folded(rows).map(({value, alike}) => [value, alike.map(({value}) => value)]);
                }
                """);

        assertThat(found)
                .isEqualTo(List.of(
                        List.of("slow", List.of()),
                        List.of("shop", List.of("GET /", "eu")),
                        List.of("card", List.of())));
    }
}
