package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which seconds a number of a service is of, and in which order they are shown, by the modules alone. */
@BrowserTest
class ServiceNumbersTest {
    @BeforeEach
    void open(Page page) {
        page.navigate("/ui/icon.svg"); // a page of the same origin, and no more
    }

    @Test
    void answerWithoutAnEnd_coversTheTimeUntilNow(Page page) {
        Object covered = page.evaluate("""
                async () => {
                  const {coverageOf, timesOf} = await import('/ui/views/services/coverage.js');
                  const second = 1_000_000_000n;
                  const after = 1_795_893_820n * second;
                  const of = before => coverageOf({after, before}, after + 90n * second);
                  return [of(null).seconds, of(after + 60n * second).seconds, of(after + 120n * second).seconds, JSON.stringify(timesOf(of(null))), timesOf(of(after + 60n * second)).before];
                }
                """);

        assertThat(covered)
                .isEqualTo(List.of(90, 60, 90, "{\"after\":\"1795893820000000000\"}", "1795893880000000000"));
    }

    /** A rate over a slot that is not over would be too low, were it over the whole slot. */
    @Test
    void firstAndLastSlot_haveTheSecondsThatAreCounted(Page page) {
        Object seconds = page.evaluate("""
                async () => {
                  const {slotsOf, rateOf} = await import('/ui/views/services/coverage.js');
                  const at = seconds => 1_795_893_840_000_000_000n + BigInt(seconds) * 1_000_000_000n;
                  const slots = slotsOf({after: at(30), before: null, step_seconds: 60,
                    series: [0, 60, 120].map(start => ({start_time: at(start), spans: 30, errors: 0}))}, at(135));
                  return slots.map(({seconds, spans}) => [seconds, rateOf(spans, seconds)]);
                }
                """);

        assertThat(seconds).isEqualTo(List.of(List.of(30, 1), List.of(60, 0.5), List.of(15, 2)));
    }

    @Test
    void rows_areInOrder_equalsByTheirNames(Page page) {
        Object orders = page.evaluate("""
                async () => {
                  const {orderRows, nextOrder} = await import('/ui/views/services/row-order.js');
                  const row = (name, spans, errors, p95) => ({name, spans, errors, traces: 1, duration_ms: {p50: 1, p95, p99: p95}});
                  const rows = [row('b', 10, 5, 3), row('a', 10, 1, 9), row('C', 40, 0, 1)];
                  const names = (order, text) => orderRows(rows, order, text).map(({name}) => name).join('');
                  return [names(null), names('-p95'), names('p95'), names('-errors'), names('name'), names('nonsense'), names(null, ' c'),
                    nextOrder('-rate', 'rate'), nextOrder('-rate', 'p95'), nextOrder('-rate', 'name'), nextOrder('name', 'name')];
                }
                """);

        assertThat(orders)
                .isEqualTo(List.of("Cab", "abC", "Cba", "baC", "Cab", "Cab", "C", "rate", "-p95", "name", "-name"));
    }

    @Test
    void rates_haveTheUnitThatSaysMost(Page page) {
        Object texts = page.evaluate("""
                async () => {
                  const {rate} = await import('/ui/model/format.js');
                  return [0, 12.34, 1, 0.5, 1 / 60, 1 / 3600, 0.00001].map(rate);
                }
                """);

        assertThat(texts).isEqualTo(List.of("0/s", "12/s", "1/s", "30/min", "1/min", "1/h", "<0.1/h"));
    }

    /** Milliseconds with six decimals are nanoseconds, whatever a double makes of them. */
    @Test
    void linksToTraces_haveTheNanosecondsOfTheApi(Page page) {
        Object links = page.evaluate("""
                async () => {
                  const {tracesHref, compareHref} = await import('/ui/views/services/trace-links.js');
                  const coverage = {after: 1795893820000000000n, before: null};
                  return [tracesHref({service: 'a&b', operation: 'GET /x'}, coverage, {hasErrors: true}),
                    tracesHref({service: 'a'}, coverage, {atLeastMs: 49.80736}), compareHref({service: 'a'}, coverage, {atLeastNs: 1000001})];
                }
                """);

        assertThat(links)
                .isEqualTo(List.of(
                        "#/traces?service=a%26b&operation=GET+%2Fx&status=error&after=1795893820000000000",
                        "#/traces?service=a&min_duration_ns=49807360&after=1795893820000000000",
                        "#/compare?service=a&after=1795893820000000000&selected_min_duration_ns=1000001"));
    }
}
