package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where services and calls stand on the map, by the modules alone. */
@BrowserTest
class ServiceMapLayoutTest {
    /** A graph of `count` services in which each but the first is called by two before it, and some call back. */
    private static final String SCRIPT = """
            async ({count, shuffled}) => {
              const {graphOf} = await import('/ui/views/services/map-graph.js');
              const {NODE, layoutOf} = await import('/ui/views/services/map-layout.js');
              const {labelSpots, pathOf} = await import('/ui/views/services/map-paths.js');
              const services = Array.from({length: count}, (_, i) => ({name: 's' + i, spans: 1000 - i, errors: 0}));
              const calls = [];
              const call = (from, to, calls_) => calls.push({caller: 's' + from, callee: 's' + to, calls: calls_, errors: 0, avg_ms: 1, p50_ms: 1, p95_ms: 1});
              for (let i = 1; i < count; i++) {
                call(Math.floor((i - 1) / 3), i, 100 + i);
                if (i % 4 === 0) call(Math.floor(i / 2), i, 50);
                if (i % 11 === 0) call(i, Math.floor((i - 1) / 3), 5);
              }
              if (shuffled) { services.reverse(); calls.reverse(); }
              const graph = graphOf(services, calls, 60);
              const layout = layoutOf(graph);
              const at = new Map(layout.nodes.map(node => [node.name, node]));
              const boxes = layout.nodes.map(({x, y}) => ({left: x, right: x + NODE.width, top: y, bottom: y + NODE.height}));
              const spots = labelSpots(layout.edges.map(({points}) => ({points, width: 80})), boxes);
              const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
              const near = (point, node, isRight) => point.x === node.x + (isRight ? NODE.width : 0) && point.y > node.y && point.y < node.y + NODE.height;
              return {
                json: JSON.stringify(layout),
                nodes: layout.nodes.length,
                hidden: graph.hidden,
                edges: layout.edges.length,
                overlapping: boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => overlaps(a, b))).length,
                outside: boxes.filter(box => box.left < 0 || box.top < 0 || box.right > layout.width || box.bottom > layout.height).length,
                leftwards: layout.edges.filter(({call}) => at.get(call.caller).x >= at.get(call.callee).x).map(({call}) => call.calls),
                loose: layout.edges.filter(({call, points}) => {
                  const isForward = points[0].x < points.at(-1).x;
                  return !near(points[0], at.get(call.caller), isForward) || !near(points.at(-1), at.get(call.callee), !isForward);
                }).length,
                labels: spots.filter(Boolean).length,
                labelsOnNodes: spots.filter(spot => spot && boxes.some(box => overlaps(box, {left: spot.x - 40, right: spot.x + 40, top: spot.y - 7, bottom: spot.y + 7}))).length,
                paths: layout.edges.filter(({points}) => !/^M[-\\d.,]+(C[-\\d., ]+(L[-\\d.,]+)?)+$/.test(pathOf(points))).length,
              };
            }
            """;

    @BeforeEach
    void open(Page page) {
        page.navigate("/ui/icon.svg"); // a page of the same origin, and no more
    }

    @Test
    void services_standApart_withCallersToTheLeft(Page page) {
        Map<?, ?> layout = layout(page, 60, false);

        assertThat(layout.get("nodes")).isEqualTo(60);
        assertThat(layout.get("overlapping")).as("pairs of nodes that overlap").isEqualTo(0);
        assertThat(layout.get("outside")).as("nodes outside of the drawing").isEqualTo(0);
        assertThat((List<?>) layout.get("leftwards"))
                .as("only the calls back, of which there are 5 each, go to the left")
                .isNotEmpty()
                .allMatch(calls -> calls.equals(5));
    }

    @Test
    void calls_beginAndEndAtTheirServices_andNoLabelHidesOne(Page page) {
        Map<?, ?> layout = layout(page, 60, false);

        assertThat(layout.get("loose")).as("edges beside their nodes").isEqualTo(0);
        assertThat(layout.get("paths")).as("paths that are no curves").isEqualTo(0);
        assertThat(layout.get("labelsOnNodes")).isEqualTo(0);
        assertThat((int) layout.get("labels")).isGreaterThan((int) layout.get("edges") / 2);
    }

    /** The order in which the API has them is not the map's. */
    @Test
    void sameGraph_givesTheSameMap(Page page) {
        assertThat(layout(page, 45, true).get("json"))
                .isEqualTo(layout(page, 45, false).get("json"));
    }

    @Test
    void ofMoreServices_theBusiestAreShown(Page page) {
        Map<?, ?> layout = layout(page, 75, false);

        assertThat(layout.get("nodes")).isEqualTo(60);
        assertThat(layout.get("hidden")).isEqualTo(15);
    }

    /** Each calls each: nothing but cycles. */
    @Test
    void cycles_areBroken(Page page) {
        Object found = page.evaluate("""
                async () => {
                  const {withoutCycles} = await import('/ui/views/services/map-graph.js');
                  const names = ['a', 'b', 'c', 'd'];
                  const calls = names.flatMap(caller => names.filter(callee => callee !== caller).map(callee => ({caller, callee, calls: 1})));
                  const edges = withoutCycles({nodes: names.map(name => ({name})), calls});
                  const seen = new Set();
                  const reaches = (from, to) => from === to || edges.some(edge => edge.from === from && reaches(edge.to, to));
                  return [edges.length, edges.filter(({isBack}) => isBack).length, edges.some(({from, to}) => reaches(to, from))];
                }
                """);

        assertThat(found).isEqualTo(List.of(12, 6, false));
    }

    @Test
    void withoutCrossings_noneAreDrawn(Page page) {
        Object found = page.evaluate("""
                async () => {
                  const {layersOf, crossings} = await import('/ui/views/services/map-layers.js');
                  const names = ['a', 'b', 'x', 'y'];
                  const edges = [{from: 'a', to: 'y'}, {from: 'b', to: 'x'}];
                  const {layers} = layersOf(names, edges);
                  const right = new Map(edges.map(({from, to}) => ['s' + from, ['s' + to]]));
                  return [layers.map(layer => layer.length), crossings(layers, right)];
                }
                """);

        assertThat(found).isEqualTo(List.of(List.of(2, 2), 0));
    }

    private static Map<?, ?> layout(Page page, int services, boolean isShuffled) {
        return (Map<?, ?>) page.evaluate(SCRIPT, Map.of("count", services, "shuffled", isShuffled));
    }
}
