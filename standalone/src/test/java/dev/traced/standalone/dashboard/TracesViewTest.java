package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.traced.standalone.dashboard.BrowserTest.Look;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The traces: filter, charts, what is picked out, list and live tail, on the traces of the shop. */
@BrowserTest
class TracesViewTest {
    private static final String LIST = "/#/traces";
    private static final int BULK = 1_100;

    @Test
    void list_hasALineForEachTrace_andTheExactTotal(Page page, Shop shop) {
        page.navigate(LIST + "?service=payment&status=error");

        assertThat(heading(page)).containsText(String.format("1–%d of %<d traces", ShopTraffic.DECLINED));
        assertThat(rows(page)).hasCount(ShopTraffic.DECLINED);
        Locator newest = rows(page).first();
        String id = shop.traffic().checkout(15).id();
        assertThat(newest.getByRole(AriaRole.LINK)).hasAttribute("href", "#/trace/" + id);
        assertThat(newest).containsText("web");
        assertThat(newest).containsText("POST /checkout");
        assertThat(newest).containsText("135 ms");
        assertThat(newest).containsText("! error");
        assertThat(newest.locator(".in-services .service"))
                .hasText(new String[] {"bank", "checkout", "inventory", "payment", "web"});
    }

    @Test
    void strangeTraces_areNoted(Page page) {
        page.navigate(LIST + "?service=checkout");

        assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("GET /orders/{id}")))
                .containsText("clock skew");
        assertThat(page.locator("tr", new Page.LocatorOptions().setHasText(Pattern.compile("GET /orders(?!/)"))))
                .containsText("1 parent missing");
    }

    @Test
    void serviceAndOperation_areChosenByKeyboard_andEverythingIsInTheAddress(Page page) {
        page.navigate(LIST);
        assertThat(rows(page).first()).isVisible();

        page.keyboard().press("/");
        page.keyboard().type("PAY");
        assertThat(page.getByRole(AriaRole.OPTION)).containsText(new String[] {"payment"});
        page.keyboard().press("ArrowDown");
        page.keyboard().press("Enter");
        assertThat(heading(page)).containsText("of " + ShopTraffic.CHECKOUTS + " traces");
        page.getByLabel("Operation", new Page.GetByLabelOptions().setExact(true))
                .first()
                .click();
        page.getByRole(AriaRole.OPTION, new Page.GetByRoleOptions().setName(Pattern.compile("charge")))
                .click();
        page.getByRole(AriaRole.BUTTON, named("! Error")).click();
        addTag(page, "card.brand=visa");

        assertThat(chips(page))
                .hasText(new String[] {"service payment", "operation charge", "status error", "card.brand = visa"});
        assertThat(fragment(page))
                .isEqualTo("#/traces?service=payment&operation=charge&status=error&tag=card.brand%3Avisa");
        assertThat(heading(page)).containsText("of 2 traces");

        page.reload();
        assertThat(chips(page)).hasCount(4);
        assertThat(heading(page)).containsText("of 2 traces");
        page.getByRole(AriaRole.BUTTON, named("Without operation charge")).click();
        assertThat(chips(page)).hasCount(3);
        page.goBack();
        assertThat(chips(page)).hasCount(4);
        page.getByRole(AriaRole.BUTTON, named("Clear all")).click();
        assertThat(chips(page)).hasCount(0);
        assertThat(fragment(page)).isEqualTo(URI.create(LIST).getRawFragment().replaceFirst("^", "#"));
    }

    @Test
    void typedDuration_isExact_andNonsenseIsSaid(Page page, Shop shop) {
        page.navigate(LIST + "?service=web");
        Locator least = page.getByLabel("Duration at least");

        least.fill("soon");
        least.press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("“soon” is no duration");
        assertThat(least).hasAttribute("aria-invalid", "true");
        assertThat(fragment(page)).isEqualTo("#/traces?service=web");

        least.fill("0.98 s");
        least.press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).hasCount(0);
        assertThat(heading(page)).containsText("of " + total(shop, "service=web&min_duration_ns=980000000") + " trace");
        assertThat(fragment(page)).isEqualTo("#/traces?service=web&min_duration_ns=980000000");
        assertThat(least).hasValue("980ms");

        page.getByLabel("Tag", new Page.GetByLabelOptions().setExact(true)).fill("nothing");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("key=value");
    }

    @Test
    void timeRange_isUpToNow_orFromUntil(Page page, Shop shop) {
        String service = "times-of-traces-view";
        shop.send(new BulkTraces(service, 40, shop.draft().startNanos(), 11));
        page.navigate(LIST + "?service=" + service);
        List<String> asked = requests(page);
        page.getByLabel("Time", new Page.GetByLabelOptions().setExact(true)).selectOption("5m");
        assertThat(chips(page)).hasText(new String[] {"service " + service, "last 5m"});
        page.waitForCondition(
                () -> asked.stream().anyMatch(each -> each.startsWith("/traces?") && each.contains("after=")));
        int recent = total(shop, query(asked, "/traces?"));
        assertThat(heading(page)).containsText("of " + recent + " trace");
        assertThat(recent).isBetween(1, 39);

        page.getByLabel("Time", new Page.GetByLabelOptions().setExact(true)).selectOption("between");
        page.getByLabel("From", new Page.GetByLabelOptions().setExact(true)).fill("2026-01-02T03:04:05");
        page.getByRole(AriaRole.BUTTON, exactly("Show")).click();
        page.waitForURL("**/#/traces?service=" + service + "&after=1767323045000000000");
        assertThat(heading(page)).containsText("of 40 traces");
        page.goBack();
        assertThat(chips(page)).hasText(new String[] {"service " + service, "last 5m"});
    }

    /** Which traces are of the last hour is for the server's clock to say, also where the browser's is an hour off. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void wrongClockOfTheBrowser_changesNoTime(int hoursAhead, Page page) {
        WrongClock.set(page, Duration.ofHours(hoursAhead));
        Instant from = Instant.now().minus(Duration.ofHours(1));
        Request asked = page.waitForRequest(
                Pattern.compile("/traces\\?"), () -> page.navigate(LIST + "?service=payment&range=1h"));

        assertThat(heading(page)).containsText("of " + ShopTraffic.CHECKOUTS + " traces");
        assertThat(WrongClock.after(asked))
                .isBetween(
                        from.minusSeconds(3),
                        Instant.now().minus(Duration.ofHours(1)).plusSeconds(3));
        assertThat(page.locator("traced-overview-charts figcaption").first())
                .containsText(Pattern.compile("[\\d.]+/(min|h)"));
    }

    /** The rate is of the time up to now. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void wrongClockOfTheBrowser_changesNoRate(int hoursAhead, Page page) {
        WrongClock.set(page, Duration.ofHours(hoursAhead));
        page.navigate(LIST + "?service=payment");

        assertThat(heading(page)).containsText("of " + ShopTraffic.CHECKOUTS + " traces");
        assertThat(page.locator("traced-overview-charts figcaption").first())
                .containsText(Pattern.compile("[\\d.]+/(min|h)"));
    }

    @Test
    void charts_showWhatTheOverviewSays(Page page, Shop shop) {
        List<String> asked = requests(page);
        page.navigate(LIST + "?service=checkout");
        assertThat(page.locator("traced-latency-chart canvas")).isVisible();

        JsonNode overview = shop.get("/traces/overview?service=checkout");
        Locator figures = page.locator("traced-overview-charts figcaption");
        assertThat(figures.nth(0)).containsText(overview.path("total").asInt() + " in ");
        assertThat(figures.nth(1)).containsText(overview.path("errors").asInt() + " traces");
        assertThat(figures.nth(2))
                .containsText(Math.round(overview.path("p50_ns").asDouble() / 1e6) + " ms");
        assertThat(sum(page, "Traces that started in each step", 1))
                .isEqualTo(overview.path("total").asInt());
        assertThat(sum(page, "Traces with errors in each step", 1))
                .isEqualTo(overview.path("errors").asInt());
        assertThat(sum(page, "Durations over time", 1))
                .isEqualTo(overview.path("total").asInt());
        // Few traces: a dot each. The window is mostly before the first, so it is looked at once more, closer.
        assertThat(asked.stream().map(each -> each.replaceAll("&after=\\d+", "&after=T")))
                .containsExactlyInAnyOrder(
                        "/traces?service=checkout&limit=100",
                        "/traces/overview?service=checkout&steps=80",
                        "/traces/overview?service=checkout&steps=80&after=T",
                        "/traces?service=checkout&limit=1000");
    }

    @Test
    void dot_opensItsTrace(Page page, Shop shop) {
        page.navigate(LIST + "?service=payment&status=error");
        assertThat(page.locator("traced-latency-chart canvas")).isVisible();

        List<?> dot = (List<?>) page.evaluate("async () => { const {getInstanceByDom} = await import('echarts');"
                + " const place = document.querySelector('traced-latency-chart .canvas');"
                + " const chart = getInstanceByDom(place); const {trace, value} = chart.getOption().series[1].data[0];"
                + " const [x, y] = chart.convertToPixel({gridIndex: 0}, value); const {left, top} = place.getBoundingClientRect();"
                + " return [left + x, top + y, trace.trace_id]; }");
        page.mouse().click(((Number) dot.get(0)).doubleValue(), ((Number) dot.get(1)).doubleValue());

        page.waitForURL("**/#/trace/" + dot.get(2));
        assertThat(dot.get(2)).isEqualTo(shop.traffic().checkout(15).id());
    }

    @Test
    void manyTraces_areCells_andHavePages(Page page, Shop shop) {
        String service = "bulk-of-traces-view";
        shop.send(new BulkTraces(service, BULK, shop.draft().startNanos(), 7));
        page.navigate(LIST + "?service=" + service);

        assertThat(page.getByText("many traces")).isVisible();
        assertThat(sum(page, "Durations over time", 1)).isEqualTo(BULK);
        assertThat(sum(page, "Durations over time", 2)).isEqualTo(BULK / 50);
        assertThat(heading(page)).containsText("1–100 of 1,100 traces");
        List<String> first = links(page);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Next 100"))
                .first()
                .click();
        assertThat(heading(page)).containsText("101–200 of 1,100 traces");
        List<String> second = links(page);
        assertThat(Stream.concat(first.stream(), second.stream())).hasSize(200).doesNotHaveDuplicates();
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Next 100"))
                .first()
                .click();
        assertThat(heading(page)).containsText("201–300 of 1,100 traces");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Previous 100"))
                .first()
                .click();
        assertThat(heading(page)).containsText("101–200 of 1,100 traces");
        assertThat(links(page)).isEqualTo(second);
    }

    @Test
    void drawnBox_picksOutWhatIsInIt_exactly(Page page, Shop shop) {
        page.navigate(LIST + "?service=payment");
        assertThat(page.locator("traced-latency-chart canvas")).isVisible();

        BoundingBox plot = page.locator("traced-latency-chart .picks").boundingBox();
        page.mouse().move(plot.x + plot.width * 0.2, plot.y + 2);
        page.mouse().down();
        page.mouse().move(plot.x + plot.width * 0.5, plot.y + plot.height * 0.2);
        page.mouse().move(plot.x + plot.width * 0.8, plot.y + plot.height * 0.5);
        page.mouse().up();

        page.waitForURL("**selected_**");
        String selected = fragment(page).replaceFirst(".*\\?", "");
        assertThat(selected)
                .matches("service=payment&selected_min_duration_ns=\\d{9}&selected_max_duration_ns=\\d{10}"
                        + "&selected_after=\\d{19}&selected_before=\\d{19}");
        int picked = total(shop, selected.replace("selected_", ""));
        assertThat(picked).isBetween(1, ShopTraffic.CHECKOUTS - 1);
        assertThat(said(page)).hasText(picked + " of " + ShopTraffic.CHECKOUTS + " traces selected");
        assertThat(rows(page)).hasCount(picked);
        assertThat(page.getByText("Compare with the rest")).hasAttribute("href", "#/compare?" + selected);
        BoundingBox shown = page.locator("traced-latency-chart .box").boundingBox();
        assertThat(shown.x).isBetween(plot.x + plot.width * 0.2 - 1.5, plot.x + plot.width * 0.2 + 1.5);
        assertThat(shown.height).isBetween(plot.height * 0.5 - 5, plot.height * 0.5 + 1);

        page.getByRole(AriaRole.BUTTON, named("Zoom in")).click();
        assertThat(heading(page)).containsText("of " + picked + " trace");
        assertThat(fragment(page)).doesNotContain("selected_").contains("min_duration_ns=", "before=");
        page.goBack();
        assertThat(said(page)).containsText(picked + " of ");
        page.keyboard().press("Escape");
        assertThat(fragment(page)).isEqualTo("#/traces?service=payment");
        assertThat(page.locator("traced-latency-chart .box")).isHidden();
    }

    @Test
    void slowestAndErrors_areAClickAway_andValuesCanBeTyped(Page page, Shop shop) {
        page.navigate(LIST + "?service=payment");
        page.getByRole(AriaRole.BUTTON, named("Select errors")).click();
        assertThat(said(page)).hasText(ShopTraffic.DECLINED + " of " + ShopTraffic.CHECKOUTS + " traces selected");
        assertThat(page.getByText("Compare with the rest"))
                .hasAttribute("href", "#/compare?service=payment&selected_status=error");
        page.getByRole(AriaRole.BUTTON, exactly("Clear")).click();

        page.getByRole(AriaRole.BUTTON, named("Select the slowest 5 %")).click();
        long p95 = shop.get("/traces/overview?service=payment").path("p95_ns").asLong();
        assertThat(said(page)).containsText(total(shop, "service=payment&min_duration_ns=" + p95) + " of ");
        assertThat(fragment(page)).isEqualTo("#/traces?service=payment&selected_min_duration_ns=" + p95);

        page.getByRole(AriaRole.BUTTON, named("Edit")).click();
        page.getByLabel("At least", new Page.GetByLabelOptions().setExact(true)).fill("500ms");
        page.getByLabel("At least", new Page.GetByLabelOptions().setExact(true)).press("Enter");
        assertThat(said(page)).containsText(ShopTraffic.CHECKOUTS / 4 + " of ");
    }

    @Test
    void rows_areWalkedByKeyboard(Page page, Shop shop) {
        page.navigate(LIST + "?service=payment&status=error");
        assertThat(rows(page)).hasCount(ShopTraffic.DECLINED);

        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("ArrowDown");
        page.keyboard().press("k");
        page.keyboard().press("Enter");

        page.waitForURL("**/#/trace/" + shop.traffic().checkout(10).id());
    }

    @Test
    void liveTail_putsNewTracesOnTop_andWaitsWhilePaused(Page page, Shop shop) {
        String service = "live-of-traces-view";
        page.navigate(LIST + "?service=" + service + "&live=1");
        Locator bar = page.locator("traced-live-bar");
        assertThat(bar).containsText("Live · 0 traces closed since");

        String first = send(shop, service, "first");
        assertThat(rows(page).first().getByRole(AriaRole.LINK)).hasAttribute("href", "#/trace/" + first);
        assertThat(bar).containsText("1 trace closed since");
        page.getByRole(AriaRole.BUTTON, exactly("Pause")).click();
        String second = send(shop, service, "second");
        assertThat(bar).containsText("1 waiting");
        assertThat(rows(page)).hasCount(1);
        page.getByRole(AriaRole.BUTTON, named("Resume (1)")).click();
        assertThat(rows(page)).hasCount(2);
        assertThat(rows(page).first().getByRole(AriaRole.LINK)).hasAttribute("href", "#/trace/" + second);

        page.keyboard().press("l");
        assertThat(bar).hasCount(0);
        assertThat(heading(page)).containsText("of 2 traces");
        assertThat(fragment(page)).isEqualTo("#/traces?service=" + service);
    }

    @Test
    void liveCharts_areAskedForAgain_onlyWhenSomethingCame(Page page, Shop shop) {
        String service = "quiet-of-traces-view";
        send(shop, service, "first");
        page.waitForCondition(() -> shop.get("/services").toString().contains(service)); // it has closed
        page.navigate(LIST + "?service=" + service);
        Locator charts = page.locator("section.overview");
        assertThat(charts.locator("figcaption").first())
                .containsText("1 in "); // all requests of its first load are over
        List<String> asked = requests(page);
        page.keyboard().press("l");
        assertThat(page.locator("traced-live-bar")).containsText("Live");
        page.waitForCondition(() -> overviews(asked) > 0); // what came before the tail began
        assertThat(charts).hasAttribute("aria-busy", "false");
        long before = overviews(asked);
        page.waitForTimeout(9_000);
        assertThat(overviews(asked)).isEqualTo(before);

        send(shop, service, "second");

        assertThat(rows(page)).hasCount(2);
        page.waitForCondition(() -> overviews(asked) > before);
        assertThat(charts.locator("figcaption").first()).containsText("2 in ");
    }

    private static long overviews(List<String> asked) {
        return List.copyOf(asked).stream()
                .filter(each -> each.startsWith("/traces/overview"))
                .count();
    }

    @Test
    void liveTail_saysWhyThereIsNone_andWhatItMissed(Page page, Complaints complaints) {
        complaints.expect("status of 503");
        page.route(
                "**/traces/live?**",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(503)
                        .setContentType("application/json")
                        .setBody("{\"error\":\"too many live tails at a time\"}")));
        page.navigate(LIST + "?live=1&service=web");
        Locator bar = page.locator("traced-live-bar");
        assertThat(bar).containsText("Not live · too many live tails at a time; trying again");

        page.unroute("**/traces/live?**");
        page.route(
                "**/traces/live?**",
                route -> route.fulfill(
                        new Route.FulfillOptions()
                                .setContentType("text/event-stream")
                                .setBody(
                                        "retry: 60000\n\nevent: gap\nid: 0:9\ndata: {\"missing\":[{\"partition\":0,\"first\":3,\"last\":9}]}\n\n")));
        assertThat(bar).containsText("A gap: 7 records had expired");
        assertThat(bar).containsText("Disconnected · trying again");
    }

    @Test
    void nothingFound_saysWhatWasAskedFor_andDropsIt(Page page) {
        page.navigate(LIST + "?service=payment&tag=card.brand:none");

        Locator state = page.locator(".finds-nothing");
        assertThat(state.getByRole(AriaRole.LISTITEM))
                .containsText(new String[] {"service payment", "card.brand = none"});
        state.getByRole(AriaRole.LISTITEM).nth(1).getByRole(AriaRole.BUTTON).click();
        assertThat(heading(page)).containsText("of " + ShopTraffic.CHECKOUTS + " traces");
    }

    /** The page asks for the slow ones, and of them for the quick ones: nothing is wrong with that, there are none. */
    @Test
    void selectionOutsideOfTheFilter_isEmpty(Page page) {
        page.navigate(LIST + "?min_duration_ns=1000000&selected_max_duration_ns=5");

        assertThat(page.getByText("No trace is selected")).isVisible();
        assertThat(page.locator("traced-selection-bar")).containsText("0 of ");
        page.navigate("/#/compare?min_duration_ns=1000000&selected_max_duration_ns=5");
        assertThat(page.getByText("No trace is selected")).isVisible();
        assertThat(page.getByText("cannot be asked")).hasCount(0);
    }

    /** Escape in a field is of the field. */
    @Test
    void escapeWhileTyping_keepsTheSelection(Page page) {
        page.navigate(LIST + "?selected_status=error");
        Locator tag = page.getByLabel("Tag", new Page.GetByLabelOptions().setExact(true));
        tag.fill("card");

        page.keyboard().press("Escape");

        assertThat(tag).hasValue("card");
        assertThat(fragment(page)).isEqualTo("#/traces?selected_status=error");
    }

    @Test
    void emptyNames_canBeClicked(Page page, Shop shop) {
        TraceDraft trace = shop.draft();
        trace.span(0, "", "", SPAN_KIND_SERVER, 0, 7_654);
        shop.send(trace);
        page.navigate(LIST + "?min_duration_ns=7654000000&max_duration_ns=7654000000");

        rows(page).first().getByRole(AriaRole.LINK).click();

        assertThat(page).hasURL(Pattern.compile("#/trace/"));
    }

    @Test
    void wrongAddress_isSaid(Page page, Complaints complaints) {
        complaints.expect("status of 400");
        page.navigate(LIST + "?status=odd");

        assertThat(page.getByRole(AriaRole.ALERT)).containsText("status must be ok or error");
        page.getByRole(AriaRole.BUTTON, named("Without status odd")).click();
        assertThat(rows(page).first()).isVisible();
    }

    /** By answers as a traced gives them that has no traces. */
    @Test
    void withoutTraces_commandsForThisAddressAreShown_untilTheFirstArrives(Page page, Shop shop) {
        Pattern list = Pattern.compile("/traces\\?limit=100$");
        page.route(
                list,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("{\"traces\":[],\"total\":0}")));
        page.navigate(LIST);

        Locator commands = page.locator(".waits-for-traces pre");
        String origin = shop.url().toString().replaceFirst("/$", "");
        assertThat(commands.nth(0)).containsText("curl -X POST " + origin + "/spans");
        assertThat(commands.nth(1)).containsText("OTEL_EXPORTER_OTLP_ENDPOINT=" + origin);
        assertThat(commands.nth(2)).containsText("./traced demo --url " + origin);
        page.unroute(list);
        assertThat(rows(page).first()).isVisible();
    }

    @Test
    void hostileNames_areText(Page page, Shop shop) {
        String service = "<img src=x onerror=alert(1)>\u202eevil{a|b}";
        TraceDraft trace = shop.draft();
        trace.span(0, service, "<script>alert(2)</script>" + "long".repeat(200), SPAN_KIND_SERVER, 0, 20);
        shop.send(trace);
        page.onDialog(dialog -> {
            throw new AssertionError(dialog.message());
        });
        page.navigate(
                LIST + "?service=" + java.net.URLEncoder.encode(service, java.nio.charset.StandardCharsets.UTF_8));

        assertThat(rows(page)).hasCount(1);
        assertThat(rows(page).first()).containsText("<script>alert(2)</script>longlong");
        assertThat(chips(page)).hasText("service " + service);
        assertThat(page.locator("traced-latency-chart canvas")).isVisible();
        assertThat(page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
                .isEqualTo(0);
    }

    @Test
    @Look(width = 390, height = 844, scheme = ColorScheme.DARK)
    void phone_showsAll_withoutScrollingSideways(Page page) {
        page.navigate(LIST + "?service=payment&selected_status=error");
        assertThat(rows(page)).hasCount(ShopTraffic.DECLINED);
        page.getByRole(AriaRole.BUTTON, named("More filters")).click();
        assertThat(page.getByLabel("Duration at least")).isVisible();

        assertThat(page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
                .isEqualTo(0);
        assertThat(Accessibility.seriousViolations(page)).isEmpty();
    }

    @Test
    void view_canBeReadAloud(Page page) {
        page.navigate(LIST + "?service=payment&selected_status=error&live=1");
        assertThat(page.locator("traced-latency-chart canvas")).isVisible();
        page.getByRole(AriaRole.BUTTON, named("Edit")).click();

        assertThat(Accessibility.seriousViolations(page)).isEmpty();
    }

    private static Locator rows(Page page) {
        return page.locator("traced-trace-list tbody tr");
    }

    private static Locator heading(Page page) {
        return page.locator(".list header").first();
    }

    private static Locator said(Page page) {
        return page.locator("traced-selection-bar .said");
    }

    private static Locator chips(Page page) {
        return page.getByRole(AriaRole.GROUP, new Page.GetByRoleOptions().setName("Conditions"))
                .locator(".chip .clip");
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Page.GetByRoleOptions exactly(String name) {
        return named(name).setExact(true);
    }

    private static void addTag(Page page, String tag) {
        Locator field = page.getByLabel("Tag", new Page.GetByLabelOptions().setExact(true));
        field.fill(tag);
        field.press("Enter");
    }

    private static String fragment(Page page) {
        return (String) page.evaluate("() => location.hash");
    }

    private static List<String> links(Page page) {
        return ((List<?>) rows(page)
                        .getByRole(AriaRole.LINK)
                        .evaluateAll("links => links.map(link => link.getAttribute('href'))"))
                .stream().map(String::valueOf).toList();
    }

    /** Of a column of the table that goes with a chart. */
    private static int sum(Page page, String chart, int column) {
        Locator table = page.locator("traced-chart[label='" + chart + "'] table");
        assertThat(table).hasCount(1);
        return table.locator("tbody td:nth-child(" + (column + 1) + ")").allTextContents().stream()
                .mapToInt(text -> Integer.parseInt(text.replace(",", "")))
                .sum();
    }

    /** The paths and queries that are asked of the API from now on. */
    private static List<String> requests(Page page) {
        List<String> asked = new ArrayList<>();
        page.onRequest((Request request) -> {
            URI url = URI.create(request.url());
            if (url.getPath().startsWith("/traces")) {
                asked.add(url.getRawPath() + "?" + url.getRawQuery());
            }
        });
        return asked;
    }

    private static String query(List<String> asked, String path) {
        return asked.stream()
                .filter(each -> each.startsWith(path) && each.contains("after="))
                .map(each -> each.substring(path.length()).replaceAll("&?limit=\\d+", ""))
                .collect(Collectors.toList())
                .get(0);
    }

    private static int total(Shop shop, String filter) {
        return shop.get("/traces?limit=1&" + filter).path("total").asInt();
    }

    private static String send(Shop shop, String service, String operation) {
        TraceDraft trace = shop.draft();
        trace.span(0, service, operation.toLowerCase(Locale.ROOT), SPAN_KIND_SERVER, 0, 20);
        shop.send(trace);
        return trace.id();
    }
}
