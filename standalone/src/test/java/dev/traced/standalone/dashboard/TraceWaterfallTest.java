package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.traced.standalone.dashboard.TraceViewTest.open;
import static dev.traced.standalone.dashboard.TraceViewTest.row;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Keyboard;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rows of a trace over the time, by keys and by pointer; and the same trace as frames and as a table. */
@BrowserTest
class TraceWaterfallTest {
    private static final Pattern WHOLE = Pattern.compile("#/trace/[^?]*$");
    private static final Pattern PART = Pattern.compile("[?&]from=\\d+&to=\\d+");

    /** On a machine that does much beside it. Alone it takes less than a second. */
    private static final Duration OPENS_WITHIN = Duration.ofSeconds(30);

    private static Locator rows(Page page) {
        return page.locator(".span-row");
    }

    private static Locator active(Page page) {
        return page.locator(".span-row[tabindex='0']");
    }

    /** Presses them one after the other; then a row with this text has the focus. */
    private static void press(Page page, String keys, String focused) {
        Keyboard keyboard = page.keyboard();
        List.of(keys.split(" ")).forEach(keyboard::press);
        assertThat(active(page)).containsText(focused);
        assertThat(active(page)).isFocused();
    }

    @Test
    void rows_areTheSpansDepthFirst(Page page, Shop shop) {
        open(page, shop.traffic().checkout(2), "");

        assertThat(rows(page)).hasText(new Pattern[] {
            Pattern.compile("web\\s*POST /checkout\\s*122 ms"),
            Pattern.compile("checkout\\s*POST /orders"),
            Pattern.compile("inventory\\s*reserve\\s*12 ms"),
            Pattern.compile("inventory\\s*UPDATE stock\\s*9 ms"),
            Pattern.compile("payment\\s*charge\\s*52 ms"),
            Pattern.compile("bank\\s*authorize\\s*42 ms"),
            Pattern.compile("checkout\\s*send mails\\s*4 ms"),
            Pattern.compile("mail\\s*process mails\\s*15 ms")
        });
        assertThat(page.getByRole(AriaRole.TREEGRID)).hasAttribute("aria-rowcount", "9");
        assertThat(row(page, "charge")).hasAttribute("aria-level", "3");
        assertThat(row(page, "charge")).hasAttribute("aria-setsize", "3");
        assertThat(row(page, "charge")).hasAttribute("aria-posinset", "2");
        assertThat(row(page, "charge")).hasAttribute("aria-expanded", "true");
    }

    @Test
    void arrows_walkTheTree(Page page, Shop shop) {
        open(page, shop.traffic().checkout(2), "");
        active(page).focus();

        press(page, "ArrowDown ArrowDown", "reserve");
        press(page, "ArrowLeft", "reserve");
        assertThat(rows(page)).hasCount(7);
        assertThat(active(page)).hasAttribute("aria-expanded", "false");
        assertThat(active(page)).containsText("+1");
        press(page, "ArrowRight ArrowRight", "UPDATE stock");
        press(page, "ArrowLeft ArrowLeft ArrowLeft", "POST /orders");
        press(page, "End", "process mails");
        press(page, "Home", "POST /checkout");
        page.keyboard().press("]");
        assertThat(rows(page)).hasCount(8);
        press(page, "End", "process mails");
        press(page, "[", "POST /checkout");
        press(page, "] End", "process mails");
        press(page, "ArrowUp Enter", "send mails");
        assertThat(page.locator(".trace-details")).containsText("send mails");
        press(page, "ArrowUp", "authorize");
        assertThat(page.locator(".trace-details")).containsText("authorize");
        page.keyboard().press("Escape");
        assertThat(page.locator(".trace-details")).hasCount(0);
        page.keyboard().press("Enter");
        page.getByLabel("Close the details").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator(".trace-details")).hasCount(0);
        assertThat(active(page)).isFocused();
    }

    @Test
    void letters_workFromAnywhere(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        assertThat(rows(page)).hasCount(6);

        press(page, "f f", "reserve");
        press(page, "b", "POST /orders");
        press(page, "e", "charge");
        press(page, "e e", "POST /orders");
        press(page, "Shift+E", "authorize");
        page.keyboard().press("[");
        assertThat(rows(page)).hasCount(1);
        page.keyboard().press("p");
        assertThat(rows(page)).hasCount(2);
        page.keyboard().press("p");
        assertThat(rows(page)).hasCount(4);
        page.keyboard().press("o");
        assertThat(rows(page)).hasCount(2);
        press(page, "e", "POST /orders");
        press(page, "e", "charge");
    }

    @Test
    void zoom_isInTheUrl(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        assertThat(rows(page)).hasCount(6);

        page.keyboard().press("w");
        assertThat(page).hasURL(Pattern.compile("from=24000000&to=96000000$"));
        page.keyboard().press("d");
        assertThat(page).hasURL(Pattern.compile("from=38400000&to=110400000$"));
        page.keyboard().press("a");
        page.keyboard().press("s");
        assertThat(page).hasURL(WHOLE);
        page.keyboard().press("+");
        assertThat(page).hasURL(Pattern.compile("from=24000000&to=96000000$"));
        page.reload();
        assertThat(row(page, "reserve").locator(".is-elsewhere")).hasText("◂ 12 ms");
        assertThat(page.locator(".trace-tools .chip")).containsText("72 ms of 120 ms");
        page.keyboard().press("0");
        assertThat(page).hasURL(WHOLE);
        assertThat(row(page, "reserve").locator(".bar")).isVisible();

        row(page, "charge").click();
        page.keyboard().press("z");
        assertThat(page).hasURL(Pattern.compile("from=17500000&to=72500000"));
    }

    @Test
    void minimap_isDragged(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        BoundingBox map = page.locator("traced-minimap").boundingBox();
        double y = map.y + map.height / 2;

        drag(page, map.x + map.width * 0.25, map.x + map.width * 0.5, y);
        assertThat(page).hasURL(PART);
        assertThat(page.locator(".trace-tools .chip")).containsText("30 ms of 120 ms");
        drag(page, map.x + map.width * 0.5, map.x + map.width * 0.75, y);
        assertThat(page.locator(".trace-tools .chip")).containsText("60 ms of 120 ms");
        page.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName("End of the part that is shown"))
                .press("ArrowLeft");
        assertThat(page.locator(".trace-tools .chip")).containsText("58.8 ms of 120 ms");
        page.mouse().dblclick(map.x + map.width * 0.6, y);
        assertThat(page).hasURL(WHOLE);
    }

    /** The keys go on moving the edge that they moved before. */
    @Test
    void edgesOfTheMinimap_mayBeMovedPastEachOther_byKeys(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "?from=60000000&to=66000000");
        Locator begin = slider(page, "Begin of the part that is shown");
        Locator end = slider(page, "End of the part that is shown");

        begin.press("PageUp"); // a tenth of the trace: 12 ms
        assertThat(page).hasURL(Pattern.compile("from=66000000&to=72000000$"));
        assertThat(end).isFocused();
        page.keyboard().press("PageUp");
        assertThat(page).hasURL(Pattern.compile("from=66000000&to=84000000$"));
        page.keyboard().press("PageDown");
        page.keyboard().press("PageDown");
        assertThat(page).hasURL(Pattern.compile("from=60000000&to=66000000$"));
        assertThat(begin).isFocused();
    }

    private static Locator slider(Page page, String name) {
        return page.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName(name));
    }

    private static void drag(Page page, double from, double to, double y) {
        page.mouse().move(from, y);
        page.mouse().down();
        page.mouse().move((from + to) / 2, y);
        page.mouse().move(to, y);
        page.mouse().up();
    }

    @Test
    void names_canBeMadeWider(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        Locator name = row(page, "charge").locator(".span-name");
        double before = name.boundingBox().width;

        page.getByRole(AriaRole.SEPARATOR).press("ArrowRight");

        assertThat(name.boundingBox().width).isEqualTo(before + 16);
    }

    @Test
    void criticalPath_isOnTheBars_untilItIsSwitchedOff(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        assertThat(row(page, "authorize").locator(".on-path")).hasCount(1);
        assertThat(row(page, "POST /orders").locator(".on-path")).hasCount(3);

        page.keyboard().press("c");

        assertThat(page).hasURL(Pattern.compile("critical=off$"));
        assertThat(page.locator(".on-path")).hasCount(0);
    }

    @Test
    void search_marksAndWalks(Page page, Shop shop) {
        open(page, shop.traffic().large(), "");
        assertThat(rows(page).first()).isVisible();

        page.keyboard().press("/");
        page.keyboard().type("shelf");
        Locator found = page.locator(".found");
        assertThat(found).hasText("– of 40");
        page.keyboard().press("Enter");
        page.keyboard().press("Enter");
        assertThat(found).hasText("2 of 40");
        assertThat(page.locator(".span-row.is-current")).hasAttribute("data-place", "51");
        page.keyboard().press("Shift+Enter");
        page.keyboard().press("Shift+Enter");
        assertThat(found).hasText("40 of 40");
        assertThat(page.locator(".span-row.is-current")).isInViewport();

        page.reload();
        assertThat(page.getByPlaceholder("Search spans")).hasValue("shelf");
        assertThat(found).hasText("– of 40");
    }

    /** Only what is seen is in the page. To show other rows takes a frame or two at most, when nobody else wants the processor. */
    @Test
    void tenThousandSpans_areScrolled(Page page, Shop shop) {
        TraceDraft trace = shop.draft();
        int parent = trace.span(0, "trace-waterfall", "root", SPAN_KIND_INTERNAL, 0, 10_000);
        for (int i = 1; i < 10_000; i++) {
            int span = trace.span(parent, "trace-waterfall", "step " + i, SPAN_KIND_INTERNAL, i, 10_000 - i);
            parent = i % 12 == 0 ? span : parent;
        }
        shop.send(trace);
        open(page, trace, "");
        assertThat(rows(page).first())
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(OPENS_WITHIN.toMillis()));

        assertThat(page.getByRole(AriaRole.TREEGRID)).hasAttribute("aria-rowcount", "10001");
        assertThat(rows(page).count()).isLessThan(80);
        active(page).focus();
        press(page, "End", "step 9999");
        assertThat(active(page)).isInViewport();
        assertThat(page.getByText("from level")).isVisible();
        press(page, "Home", "root");

        Object least = page.evaluate("""
                async () => {
                  const waterfall = document.querySelector('traced-waterfall');
                  const scroller = waterfall.querySelector('.scroller');
                  const took = [];
                  for (let i = 0; i < 41; i++) {
                    await new Promise(requestAnimationFrame);
                    scroller.scrollTop = (i * 7919 * 24) % 230_000;
                    const began = performance.now();
                    scroller.dispatchEvent(new Event('scroll'));
                    await waterfall.updateComplete;
                    scroller.offsetHeight;
                    took.push(performance.now() - began);
                  }
                  return Math.min(...took);
                }
                """);
        assertThat(((Number) least).doubleValue()).isLessThan(30);
    }

    /** The table keeps the focus when its row is scrolled away, and the next key brings the row back. */
    @Test
    void focus_survivesScrolling(Page page, Shop shop) {
        open(page, shop.traffic().large(), "");
        active(page).focus();
        press(page, "ArrowDown", "shelf");

        page.locator(".scroller").evaluate("scroller => (scroller.scrollTop = 20000)");
        assertThat(page.locator(".span-row[data-place='840']")).isVisible();
        assertThat(page.getByRole(AriaRole.TREEGRID)).isFocused();

        press(page, "ArrowDown", "count item");
        assertThat(active(page)).hasAttribute("data-place", "2");
    }

    @Test
    void table_sortsAndMarks(Page page, Shop shop) {
        open(page, shop.traffic().checkout(2), "?view=table");
        Locator first = page.locator(".operations tbody tr").first();
        assertThat(first).containsText("POST /orders");
        assertThat(page.locator(".operations tbody tr")).hasCount(8);

        Locator total = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Total"));
        total.click();
        assertThat(first).containsText("POST /checkout");
        assertThat(page.getByRole(AriaRole.COLUMNHEADER, new Page.GetByRoleOptions().setName("Total")))
                .hasAttribute("aria-sort", "descending");
        total.click();
        assertThat(first).containsText("send mails");
        assertThat(page).hasURL(Pattern.compile("sort=total&order=reversed$"));

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("reserve"))
                .click();
        assertThat(page).hasURL(Pattern.compile("service=inventory&operation=reserve$"));
        assertThat(page.locator(".span-row.is-match")).hasCount(1);
        assertThat(page.locator(".span-row.is-dimmed")).hasCount(7);
        assertThat(page.locator(".found")).hasText("– of 1");
    }

    @Test
    void flame_opensSpans_byPointerAndByTable(Page page, Shop shop) {
        open(page, shop.traffic().checkout(2), "?view=flame");
        Locator told = page.locator(".flame-told");
        assertThat(told).containsText("web POST /checkout 122 ms 100%");

        BoundingBox frames = page.locator("traced-flame canvas").boundingBox();
        page.mouse().move(frames.x + 40, frames.y + 22 * 3 + 10);
        assertThat(told).containsText("bank authorize 42 ms 34% · self 42 ms · 1 span");
        page.mouse().click(frames.x + 40, frames.y + 22 * 3 + 10);
        assertThat(page.locator(".trace-details")).containsText("authorize");

        page.getByText("As a table").click();
        page.locator(".flame-table")
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("UPDATE stock"))
                .click();
        assertThat(page.locator(".trace-details")).containsText("UPDATE stock");
        assertThat(page.locator(".flame-table")).not().containsText("process mails");

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Work"))
                .click();
        assertThat(page).hasURL(Pattern.compile("measure=work"));
        assertThat(page.locator(".flame-table")).containsText("process mails");
    }
}
