package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the view of a trace computes, without the view: tables of what goes in and what comes out, a table to a page. A trace is
 * written as its spans, {@code name<parent:from-to}, in milliseconds; an exclamation mark behind it is an error.
 */
@BrowserTest
class TraceModelTest {
    /** 2026, to the nanosecond: as a double it would be off by up to 128. */
    private static final String START = "1795893801473432843";

    private static final String MODEL = """
            const idOf = name => [...name].map(c => c.charCodeAt(0).toString(16)).join('').padStart(16, '0');
            const otlp = (text, start = '%s') => ({resourceSpans: text.trim().split(/\\s+/).map(each => {
              const [, name, parent, from, to, error] = /^(\\w+)(?:<(\\w+))?:(-?[\\d.]+)-(-?[\\d.]+)(!?)$/.exec(each);
              const at = ms => String(BigInt(start) + BigInt(Math.round(ms * 1e6)));
              return {resource: {attributes: [{key: 'service.name', value: {stringValue: name[0]}}]}, scopeSpans: [{spans: [{
                spanId: idOf(name), ...(parent ? {parentSpanId: idOf(parent)} : {}), name, startTimeUnixNano: at(from), endTimeUnixNano: at(to),
                status: error ? {code: 2} : {}}]}]};
            })});
            const {traceOf} = await import('/ui/views/trace/model/trace-model.js');
            const nameOf = node => node.span ? node.operation
              : 'missing ' + String.fromCharCode(...node.id.replace(/^(00)+/, '').match(/../g).map(c => parseInt(c, 16)));
            const ms = nanos => nanos / 1e6;
            """.formatted(START);

    private static Object run(Page page, String script, Object argument) {
        page.navigate("/ui/icon.svg"); // a page of the same origin, and no more
        return page.evaluate("async argument => {" + MODEL + script + "}", argument);
    }

    /** For each line, {@code what goes in | what comes out}. */
    private static void check(Page page, String function, String table) {
        List<String> given = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        table.lines().forEach(line -> {
            String[] sides = line.split("\\|", -1);
            given.add(sides[0].strip());
            expected.add(sides[0].strip() + " -> " + sides[1].strip());
        });

        Object found = run(
                page,
                "const check = async given => {" + function + "};"
                        + " return Promise.all(argument.map(async given => `${given} -> ${await check(given)}`));",
                given);

        assertThat(found).isEqualTo(expected);
    }

    /** From the end of the root to its begin. The first cases are those of Jaeger's tests. */
    @Test
    void criticalPath_isWhatTheTraceWaitedFor(Page page) {
        check(page, """
                const {criticalPath} = await import('/ui/views/trace/model/critical-path.js');
                const {main} = traceOf(otlp(given));
                return criticalPath(main).map(({node, from, to}) => `${nameOf(node)} ${ms(from - main.from)}-${ms(to - main.from)}`).join(', ');
                """, """
                r:0-100                               | r 0-100
                r:0-100 a<r:20-40 b<r:50-60           | r 60-100, b 50-60, r 40-50, a 20-40, r 0-20
                r:0-100 a<r:10-90 b<a:20-80           | r 90-100, a 80-90, b 20-80, a 10-20, r 0-10
                r:0-100 a<r:10-60 b<r:40-90           | r 90-100, b 40-90, r 0-40
                r:0-100 a<r:10-30 b<r:20-60 c<r:55-90 | r 90-100, c 55-90, r 30-55, a 10-30, r 0-10
                r:0-100 a<r:10-50 b<r:50-90           | r 90-100, b 50-90, a 10-50, r 0-10
                r:0-100 a<r:20-150                    | a 20-100, r 0-20
                r:0-100 a<r:-30-40                    | r 40-100, a 0-40
                r:0-100 a<r:120-150                   | r 0-100
                r:0-100 a<r:-50--10                   | r 0-100
                r:0-100 a<r:50-50                     | r 0-100
                r:0-100 a<r:40-80 b<r:20-80           | r 80-100, b 20-80, r 0-20
                r:0-100 a<r:20-150 b<a:60-140         | b 60-100, a 20-60, r 0-20
                r:0-100 a<r:10-90 b<a:20-40 c<r:92-96 | r 96-100, c 92-96, r 90-92, a 40-90, b 20-40, a 10-20, r 0-10
                s:0-10 r:0-100 a<r:20-40              | r 40-100, a 20-40, r 0-20
                r:0-100 a<x:20-400                    | r 0-100""");
    }

    /** Duration less the union of the children's. */
    @Test
    void selfTime_countsTimeOfChildrenOnce(Page page) {
        check(page, """
                const {nodes, own} = traceOf(otlp(given));
                return nodes.map(node => `${nameOf(node)} ${ms(own[node.index])}`).join(', ');
                """, """
                r:0-100                               | r 100
                r:0-100 a<r:20-40 b<r:50-60           | r 70, a 20, b 10
                r:0-100 a<r:10-60 b<r:40-90           | r 20, a 50, b 50
                r:0-100 a<r:10-90 b<r:20-30 c<b:25-28 | r 20, a 80, b 7, c 3
                r:0-100 a<r:-50-20 b<r:90-200         | r 70, a 70, b 110
                r:0-100 a<r:0-100                     | r 0, a 100
                a<x:20-40                             | missing x 0, a 20
                r:50-20                               | r 0""");
    }

    /** Depth first, by start; the number is the level. */
    @Test
    void tree_hasGapsForWhatIsMissing_andNoCircles(Page page) {
        check(page, "return traceOf(otlp(given)).nodes.map(node => nameOf(node) + node.level).join(' ');", """
                b<r:20-30 r:0-100 a<r:10-15 c<b:21-22 | r1 a2 b2 c3
                r:0-100 a<x:10-20 b<x:5-30 c<a:11-12  | r1 missing x1 b2 a2 c3
                a<x:10-20                             | missing x1 a2
                r:0-100 s:50-60                       | r1 s1
                a<b:0-10 b<a:1-9                      | a1 b2
                a<a:0-10                              | a1
                r:0-9 a<c:2-3 b<a:3-4 c<b:4-5 d<c:5-6 | r1 a1 b2 c3 d4""");
    }

    @Test
    void notes_sayWhatIsWrong(Page page) {
        check(page, """
                const {traceNotes} = await import('/ui/views/trace/model/trace-notes.js');
                return traceNotes(traceOf(otlp(given))).map(({text}) => text).join('; ');
                """, """
                r:0-100 a<r:10-20            |
                r:0-100 a<x:10-20 b<x:10-20  | 2 spans name a parent that is not here
                a<x:10-20 b<y:10-20          | 2 spans name parents that are not here; the root is not here
                r:0-100 a<r:-40-20 b<r:-3-20 | 2 spans begin before their parents: clocks differ by at least 40 ms
                r:0-100 s:0-3                | 2 roots: the critical path is of the one that took longest
                r:100-0                      | 1 span ends before it starts: taken as 0
                a<b:0-10 b<a:1-9             | the root is not here; parents go in a circle: cut at 1 span""");
    }

    @Test
    void times_areExact(Page page) {
        Object found = run(page, """
                const {main} = traceOf(otlp('r:0-0.000001'));
                return [String(main.span.start), String(main.span.end), main.to - main.from];
                """, null);

        assertThat(found).isEqualTo(List.of(START, "1795893801473432844", 1));
    }

    /** A chain, which is as deep as it can be, and a root with all others below it. */
    @ParameterizedTest
    @CsvSource({"chain, 10000", "fan, 2"})
    void tenThousandSpans_areReadInATwinkling(String shape, int depth, Page page) {
        Object found = run(page, """
                const spans = ['s0:0-20000', ...Array.from({length: 9999}, (_, i) => `s${i + 1}<s${argument === 'chain' ? i : 0}:${i}-${20000 - i}`)];
                const document = otlp(spans.join(' '));
                const took = [1, 2, 3].map(() => {
                  const began = performance.now();
                  traceOf(document);
                  return performance.now() - began;
                });
                const {spans: read, depth} = traceOf(document);
                return [read, depth, Math.min(...took) < 1000];
                """, shape);

        assertThat(found).isEqualTo(List.of(10_000, depth, true));
    }

    @Test
    void operations_addUpToTheTrace(Page page) {
        Object found = run(page, """
                const {operationTotals, sortTotals} = await import('/ui/views/trace/model/operation-totals.js');
                const trace = traceOf(otlp('r:0-100 a<r:10-50! b<r:50-90 c<b:55-65'));
                trace.nodes.filter(node => node.operation === 'b').forEach(node => (node.service = node.operation = 'a'));
                return sortTotals(operationTotals(trace), 'own', false)
                  .map(row => [row.operation, row.spans, row.errors, ms(row.total), ms(row.own), ms(row.critical)].join(' '));
                """, null);

        assertThat(found).isEqualTo(List.of("a 2 1 80 70 70", "r 1 0 100 20 20", "c 1 0 10 10 10"));
    }

    @Test
    void flame_mergesPaths_andIsAsWideAsTheRoot(Page page) {
        Object found = run(page, """
                const {flameFrames} = await import('/ui/views/trace/model/flame-frames.js');
                const trace = traceOf(otlp('r:0-100 a<r:10-30 b<r:20-60 c<r:70-90 d<c:75-80'));
                trace.nodes.filter(node => node.operation === 'c').forEach(node => (node.service = node.operation = 'b'));
                const shown = measure => flameFrames(trace, measure).frames
                  .map(frame => `${frame.operation}${frame.depth} ${ms(frame.at)}-${ms(frame.at + frame.value)} x${frame.spans}`);
                return [shown('latency'), shown('work')];
                """, null);

        assertThat(found)
                .isEqualTo(List.of(
                        List.of("r0 0-100 x1", "b1 0-60 x2", "d2 0-5 x1"),
                        List.of("r0 0-110 x1", "b1 0-60 x2", "a1 60-80 x1", "d2 0-5 x1")));
    }

    /** Each span is in the frame of its path, and where that is drawn it is found; what has no width is nowhere. */
    @Test
    void flame_knowsTheFrameOfASpan_andOfAPlace(Page page) {
        Object found = run(page, """
                const {flameFrames, frameAt, frameOfNode} = await import('/ui/views/trace/model/flame-frames.js');
                const trace = traceOf(otlp('r:0-100 a<r:10-30 b<r:20-60 c<r:70-90 d<c:75-80 x<gone:95-99'));
                const flame = flameFrames(trace, 'work');
                const drawn = new Set(flame.frames);
                const ofSpans = trace.nodes.map(node => [node, frameOfNode(flame, node)]);
                return [
                  ofSpans.map(([node, frame]) => `${node.span ? node.operation : 'gap'}${frame ? frame.depth : '-'}`).sort().join(' '),
                  ofSpans.every(([, frame]) => !frame || drawn.has(frame)),
                  flame.frames.every(frame => frameAt(flame, frame.at, frame.depth) === frame && frameAt(flame, frame.at + frame.value / 2, frame.depth) !== undefined),
                  frameAt(flame, flame.total, 0), frameAt(flame, 0, flame.depth),
                ];
                """, null);

        assertThat(found).isEqualTo(java.util.Arrays.asList("a1 b1 c1 d2 gap0 r0 x1", true, true, null, null));
    }

    /** As the search has it: a value can be looked for as it is shown. */
    @Test
    void attributes_areTextAsTheSearchHasIt(Page page) {
        check(
                page,
                "return (await import('/ui/views/trace/model/attribute-text.js')).attributeText(JSON.parse(given));",
                """
                {"intValue":"9223372036854775807"} | 9223372036854775807
                {"doubleValue":1} | 1.0
                {"doubleValue":0.1} | 0.1
                {"doubleValue":15000000000} | 1.5E10
                {"doubleValue":0.0001} | 1.0E-4
                {"doubleValue":"NaN"} | NaN
                {"boolValue":false} | false
                {"bytesValue":"AQI="} | AQI=
                {"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"2"},{}]}} | ["a",2,null]
                {"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}} | {"k":true}
                {} |\s""");
    }

    @Test
    void ids_areTakenInEveryForm(Page page) {
        check(page, "return (await import('/ui/views/trace/model/trace-id.js')).traceIdHex(given);", """
                abc | 00000000000000000000000000000abc
                00000000-0000-4000-8000-00000000ABCD | 0000000000004000800000000000abcd
                xyz | null
                000000000000000000000000000000000 | null""");
    }

    @Test
    void axis_hasRoundTimes_thatDiffer(Page page) {
        check(page, """
                const {ticks, tickText} = await import('/ui/views/trace/model/time-range.js');
                const [from, to, target] = given.split(' ').map(Number);
                const {at, step} = ticks({from, to}, target);
                return at.map(each => tickText(each, step)).join(', ');
                """, """
                0 100000000 5 | 0, 20 ms, 40 ms, 60 ms, 80 ms, 100 ms
                59123456000 59123460000 4 | 59.123456 s, 59.123457 s, 59.123458 s, 59.123459 s, 59.123460 s
                0 3 9 | 0, 1 ns, 2 ns, 3 ns
                950000000 1100000000 3 | 950 ms, 1.00 s, 1.05 s, 1.10 s""");
    }

    @Test
    void range_staysWithinTheTrace(Page page) {
        Object found = run(page, """
                const {held, zoomed, panned} = await import('/ui/views/trace/model/time-range.js');
                return [held({from: -50, to: 50}, 1000), held({from: 990, to: 1090}, 1000), held({from: 500, to: 500}, 1000), held({from: -9, to: 9999}, 1000),
                  zoomed({from: 0, to: 100}, 0.5, 20), panned({from: 0, to: 100}, 0.2)].map(({from, to}) => `${from}-${to}`).join(' ');
                """, null);

        assertThat(found).isEqualTo("0-100 900-1000 500-510 0-1000 10-60 20-120");
    }

    @Test
    void search_looksIntoAllThatASpanHas(Page page) {
        check(page, """
                const {findSpans} = await import('/ui/views/trace/model/span-search.js');
                const document = otlp('a:0-9 b<a:1-2 c<a:2-3 d<a:3-4');
                const spans = document.resourceSpans.map(each => each.scopeSpans[0].spans[0]);
                document.resourceSpans.forEach(each => each.resource.attributes.push({key: 'host.name', value: {stringValue: 'shop-1'}}));
                spans[1].attributes = [{key: 'card.brand', value: {stringValue: 'visa'}}];
                spans[3].events = [{name: 'exception', attributes: [{key: 'exception.message', value: {stringValue: 'Boom!'}}]}];
                spans[0].name = 'POST /orders';
                return findSpans(traceOf(document).nodes, given)?.map(node => node.service).join('');
                """, """
                post | a
                CARD.BRAND=VISA | b
                0000000000000063 | c
                boom | d
                nothing of it |
                shop-1 | abcd""");
    }

    /** What is below a collapsed row is not shown, and is found again. */
    @Test
    void collapsedRows_hideWhatIsBelow(Page page) {
        Object found = run(page, """
                const {visibleRows, collapsedBelow, revealing} = await import('/ui/views/trace/model/visible-rows.js');
                const {nodes} = traceOf(otlp(argument.spans));
                const shown = collapsed => visibleRows(nodes, collapsed).map(nameOf).join('');
                const all = collapsedBelow(nodes, 1);
                return [shown(all), shown(collapsedBelow(nodes, 2)), shown(revealing(all, nodes.find(node => nameOf(node) === 'c'))), shown(new Set())];
                """, Map.of("spans", "r:0-9 a<r:1-4 b<a:2-3 c<b:2-3 d<r:5-6 e<d:5-6"));

        assertThat(found).isEqualTo(List.of("r", "rad", "rabcd", "rabcde"));
    }
}
