package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the view of traces computes, without a document. */
@BrowserTest
class TracesModelTest {
    private static final String BASE = "1795893820473432843";

    private Page page;

    @BeforeEach
    void open(Page page, Complaints complaints) {
        complaints.expect("/favicon.ico");
        this.page = page;
        page.navigate("/ui/icon.svg"); // of the same origin, and nothing else
    }

    @Test
    void typedDurations_comeBackAsTheyWereMeant() {
        assertThat(
                        run(
                                "../../model/typed-conditions.js",
                                "['1.5s', '200 ms', '80us', '1.000000001s', '2min', '7', '', 'soon', '-1s']"
                                        + ".map(text => m.typedDuration(text).value ?? (m.typedDuration(text).error ? 'wrong' : 'none'))"))
                .isEqualTo(List.of(
                        "1500000000",
                        "200000000",
                        "80000",
                        "1000000001",
                        "120000000000",
                        "7000000",
                        "none",
                        "wrong",
                        "wrong"));
        assertThat(run(
                        "../../model/typed-conditions.js",
                        "['1500000000', '200000000', '80000', '1000000001', '120000000000', '999', '5400000000000']"
                                + ".map(m.durationToType)"))
                .isEqualTo(List.of("1.5s", "200ms", "80us", "1.000000001s", "2min", "999ns", "1.5h"));
        assertThat(run(
                        "../../model/typed-conditions.js",
                        "['0', '1', '123456789012345678', '1999999999', '60000000001'].every(text =>"
                                + " m.typedDuration(m.durationToType(text)).value === text)"))
                .isEqualTo(true);
    }

    @Test
    void typedTags_areSplitOnce() {
        assertThat(run(
                        "../../model/typed-conditions.js",
                        "['a=b', 'url=http://x?y=z', 'a:b', ' a = b ', 'a=', '=b', 'a', 'a:b=c']"
                                + ".map(text => m.typedTag(text).value ?? 'wrong')"))
                .isEqualTo(List.of("a:b", "url:http://x?y=z", "a:b", "a:b", "a:", "wrong", "wrong", "wrong"));
    }

    @Test
    void box_isBoundsToTheNanosecond_andBack() {
        Object bounds = run(
                "latency-plane.js",
                "(() => { const plane = new m.LatencyPlane(" + BASE + "n, " + BASE
                        + "n + 1000000001n, 1e3, 1e9);"
                        + " const bounds = plane.boundsOf({left: 0.5, right: 1, top: 0, bottom: 0.5});"
                        + " const box = plane.boxOf(bounds);"
                        + " return [String(bounds.after), bounds.before, bounds.longest, String(bounds.shortest),"
                        + " box.left.toFixed(6), box.right, box.top, box.bottom.toFixed(6)]; })()");

        assertThat(bounds)
                .isEqualTo(Arrays.asList("1795893820973432844", null, null, "1000000", "0.500000", 1, 0, "0.500000"));
    }

    /** A box of everything still picks something, and one that is elsewhere is not drawn. */
    @Test
    void box_ofEverything_andOfNothing() {
        assertThat(
                        run(
                                "latency-plane.js",
                                "(() => { const plane = new m.LatencyPlane(5n, 105n, 1e3, 1e9);"
                                        + " const all = plane.boundsOf({left: 0, right: 1, top: 0, bottom: 1});"
                                        + " return [String(all.after), plane.boxOf({after: 200n, before: null, shortest: null, longest: null})]; })()"))
                .isEqualTo(Arrays.asList("5", null));
    }

    @Test
    void cells_becomeWider_whereThereWouldBeTooMany() {
        String cells =
                "m.heatCells([{from: 0, to: 1, step: {durations: [[1024, 1280, 2, 0], [1280, 1536, 3, 1], [1792, 2048, 5, 0]]}}], "
                        + "new m.LatencyPlane(0n, 1000000n, %s, %s)).map(cell => [...cell.bucket, cell.traces, cell.errors])";

        assertThat(run("latency-plane.js", String.format(cells, "1e3", "1e5")))
                .isEqualTo(List.of(List.of(1024, 1280, 2, 0), List.of(1280, 1536, 3, 1), List.of(1792, 2048, 5, 0)));
        assertThat(run("latency-plane.js", String.format(cells, "1e3", "1e8")))
                .isEqualTo(List.of(List.of(1024, 1536, 5, 1), List.of(1536, 2048, 5, 0)));
        assertThat(run("latency-plane.js", String.format(cells, "1e3", "1e12")))
                .isEqualTo(List.of(List.of(1024, 2048, 10, 1)));
    }

    @Test
    void timeMarks_areRoundTimes() {
        assertThat(run(
                        "time-axis.js",
                        "m.timeMarks(1795893820473432843n, 1795893820473432843n + 600000000000n, 3)"
                                + ".map(mark => [mark.text, mark.at])"))
                .isEqualTo(List.of(List.of("19:25", 79526.567157), List.of("19:30", 379526.567157)));
        assertThat(run(
                        "time-axis.js",
                        "m.timeMarks(1795893820473432843n, 1795893820473432843n + 4000000n, 4).map(mark => mark.text)"))
                .isEqualTo(List.of("0", "+1 ms", "+2 ms", "+3 ms", "+4 ms"));
        assertThat(run("time-axis.js", "[m.timeMarks(5n, 5n, 4).length, m.timeMarks(0n, 10n ** 18n, 6).length <= 20]"))
                .isEqualTo(List.of(0, true));
    }

    @Test
    void steps_areCutByWhatIsAskedFor() {
        assertThat(
                        run(
                                "time-axis.js",
                                "m.spansOfSteps({after: 1500000n, before: 3200000n, step_ns: 1000000,"
                                        + " steps: [1000000n, 2000000n, 3000000n].map(time => ({time}))}).map(({from, to}) => [from, to])"))
                .isEqualTo(List.of(List.of(0, 0.5), List.of(0.5, 1.5), List.of(1.5, 1.7)));
    }

    @Test
    void newestTraces_areKept_eachOnce() {
        assertThat(run(
                        "newest-traces.js",
                        "(() => { const newest = new m.NewestTraces(3);"
                                + " newest.add([{trace_id: 'a', revision: 1}, {trace_id: 'b', revision: 1}]);"
                                + " newest.add([{trace_id: 'c', revision: 1}, {trace_id: 'a', revision: 2}]);"
                                + " newest.add([{trace_id: 'b', revision: 0}]);"
                                + " newest.add([{trace_id: 'd', revision: 1}]);"
                                + " return newest.traces.map(trace => trace.trace_id + trace.revision); })()"))
                .isEqualTo(List.of("d1", "b1", "a2"));
    }

    /** A page that is not shown has no frames: what came meanwhile is counted all the same. */
    @Test
    void pausedTail_countsAllThatWait_alsoInAHiddenTab() {
        assertThat(run("live-tail.js", """
                        await (async () => {
                          let frame;
                          let source;
                          window.requestAnimationFrame = run => (frame = run);
                          window.EventSource = class extends EventTarget { constructor() { super(); source = this; } close() {} };
                          const tail = new m.LiveTail({addController() {}, requestUpdate() {}}, () => {});
                          tail.follow(new URLSearchParams());
                          source.onopen();
                          tail.pause();
                          for (let i = 0; i < 1500; i++) {
                            source.dispatchEvent(new MessageEvent('trace_complete', {lastEventId: '0:' + i, data: JSON.stringify({trace_id: 't' + i, revision: 1})}));
                          }
                          while (!frame) { await new Promise(done => setTimeout(done, 10)); }
                          frame();
                          const waited = tail.waited;
                          tail.resume();
                          return [waited, tail.waited, tail.traces.length, tail.traces[0].trace_id];
                        })()""")).isEqualTo(List.of(1_500, 0, 300, "t1499"));
    }

    @Test
    void durations_comeFromTheNanoseconds() {
        assertThat(
                        run(
                                "trace-row.js",
                                "[{start_time: 1795893820473432843n, end_time: 1795893820473432845n, duration_ms: 0},"
                                        + " {start_time: 1795893820473432843n, end_time: 1795893820473432840n, duration_ms: 0},"
                                        + " {start_time: 1795893820473432843n, end_time: null, duration_ms: 7},"
                                        + " {start_time: null, end_time: null, duration_ms: null}].map(trace => String(m.durationOf(trace)))"))
                .isEqualTo(List.of("2", "0", "7000000", "null"));
    }

    @Test
    void selection_isNarrowerThanThePage() {
        Object asked = page.evaluate(
                "async () => { const m = await import('/ui/model/trace-filter.js');"
                        + " return m.selectionParams(new URLSearchParams('service=web&min_duration_ns=200&max_duration_ns=900&after=5&tag=a:b"
                        + "&selected_min_duration_ns=100&selected_max_duration_ns=500&selected_after=7&selected_tag=c:d&selected_status=error')).toString(); }");

        assertThat(asked)
                .isEqualTo(
                        "service=web&status=error&min_duration_ns=200&max_duration_ns=500&tag=a%3Ab&tag=c%3Ad&after=7");
    }

    /** Runs an expression in the page, in which m is a module of the view. */
    private Object run(String module, String expression) {
        return page.evaluate("async () => { const m = await import('/ui/views/traces/" + module + "'); return "
                + expression + "; }");
    }
}
