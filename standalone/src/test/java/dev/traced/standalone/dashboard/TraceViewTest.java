package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.traced.standalone.dashboard.BrowserTest.Look;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trace: its head, the details of its spans, its logs, and what is said where there is none. */
@BrowserTest
class TraceViewTest {
    private static final String NOT_FOUND = "Failed to load resource.* (404|410|413)";

    static void open(Page page, TraceDraft trace, String parameters) {
        page.navigate("/#/trace/" + trace.id() + parameters);
    }

    static Locator row(Page page, String text) {
        return page.locator(".span-row", new Page.LocatorOptions().setHasText(text));
    }

    private static Locator details(Page page) {
        return page.getByRole(AriaRole.COMPLEMENTARY, new Page.GetByRoleOptions().setName("Details of the span"));
    }

    @Test
    void head_saysWhatTheTraceIs(Page page, Shop shop) {
        TraceDraft trace = shop.traffic().checkout(0);
        open(page, trace, "");

        Locator head = page.locator(".trace-head");
        assertThat(head.getByRole(AriaRole.HEADING)).hasText(Pattern.compile("web\\s+POST /checkout"));
        assertThat(head).containsText("3 errors");
        assertThat(head).containsText("120 ms");
        assertThat(head).containsText("5 services");
        assertThat(head).containsText(Pattern.compile("Spans\\s*6"));
        assertThat(page).hasTitle("web POST /checkout · traced");
        assertThat(page.locator(".exact"))
                .hasText(Pattern.compile("^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.0{9}Z$"));
    }

    @Test
    void notWholeTrace_saysSo(Page page, Shop shop) {
        open(page, shop.traffic().lacksItsParent(), "");

        assertThat(page.locator(".trace-notes")).hasText("1 span names a parent that is not here");
        assertThat(page.locator(".span-row")).hasText(new Pattern[] {
            Pattern.compile("GET /orders"),
            Pattern.compile("missing span a1.*not here", Pattern.DOTALL),
            Pattern.compile("SELECT orders")
        });

        row(page, "missing span").click();
        assertThat(details(page)).containsText("1 span names this span as parent, and it is not here");
    }

    @Test
    void clocksThatDiffer_areNamed(Page page, Shop shop) {
        open(page, shop.traffic().clocksDiffer(), "");

        assertThat(page.locator(".trace-notes"))
                .hasText("1 span begins before its parent: clocks differ by at least 2 s");
        row(page, "△").click();
        assertThat(details(page)).containsText("2 s before its parent: their clocks differ");
    }

    @Test
    void span_opensItsDetails_whichAreInTheUrl(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");

        row(page, "charge").click();

        assertThat(page).hasURL(Pattern.compile("\\?span=a1[0-9a-f]{14}$"));
        for (int visit = 0; visit < 2; visit++) {
            assertThat(details(page).getByRole(AriaRole.HEADING, new Locator.GetByRoleOptions().setLevel(2)))
                    .hasText("! charge");
            assertThat(details(page)).containsText("card.brand");
            assertThat(details(page)).containsText("visa");
            assertThat(details(page).locator("pre"))
                    .hasText("shop.Declined: card declined\n\tat shop.Bank.ask(Bank.java:42)");
            assertThat(details(page).locator(".logs")).containsText("card declined");
            page.reload();
        }

        page.goBack();
        assertThat(details(page)).hasCount(0);
    }

    @Test
    void value_leadsToTheTracesThatHaveIt(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        row(page, "charge").click();

        Locator value = details(page).locator(".attributes > div", new Locator.LocatorOptions().setHasText("amount"));
        assertThat(value.getByRole(AriaRole.LINK)).hasAttribute("href", "#/traces?tag=amount%3A10");
        value.hover();
        value.getByRole(AriaRole.LINK).click();

        assertThat(page).hasURL(Pattern.compile("#/traces\\?tag=amount%3A10"));
    }

    @Test
    void link_leadsToTheLinkedSpan(Page page, Shop shop) {
        open(page, shop.traffic().clocksDiffer(), "");
        row(page, "web").click();

        details(page).getByTitle("The linked span").click();

        assertThat(page.locator(".trace-head h1")).containsText("POST /checkout");
        assertThat(details(page)).containsText("POST /checkout");
    }

    @Test
    void wayBack_keepsTheList(Page page, Shop shop) {
        page.navigate("/#/traces?service=payment&status=error");
        assertThat(page.getByRole(AriaRole.MAIN)).not().isEmpty();
        open(page, shop.traffic().checkout(0), "");
        row(page, "charge").click();

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Back to the list of traces"))
                .click();

        assertThat(page).hasURL(Pattern.compile("#/traces\\?service=payment&status=error$"));
    }

    @Test
    void download_isTheOtlpDocument(Page page, Shop shop) throws IOException {
        TraceDraft trace = shop.traffic().checkout(1);
        open(page, trace, "");

        Download download = page.waitForDownload(() -> page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("JSON").setExact(true))
                .click());

        assertThat(download.suggestedFilename()).isEqualTo("trace-" + trace.id().replace("-", "") + ".json");
        try (InputStream file = download.createReadStream()) {
            assertThat(new ObjectMapper().readTree(file))
                    .isEqualTo(shop.get("/api/v3/traces/" + trace.id()).path("result"));
        }
    }

    @Test
    void link_isCopied_asItIsThen(Page page, Shop shop) {
        page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
        open(page, shop.traffic().checkout(0), "");
        Locator copy = page.locator(".trace-actions").getByText("Copy link");
        assertThat(copy).isVisible();
        page.keyboard().press("v");
        assertThat(page).hasURL(Pattern.compile("view=flame$"));

        copy.click();

        assertThat(page.locator(".trace-actions").getByText("Copied")).isVisible();
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo(page.url());
    }

    /** It is asked for again, so that a link may be faster than what it leads to. */
    @Test
    void unknownTrace_isShownWhenItComes(Page page, Shop shop, Complaints complaints) {
        complaints.expect(NOT_FOUND);
        TraceDraft trace = shop.draft();
        open(page, trace, "");
        assertThat(page.getByRole(AriaRole.HEADING)).hasText("Not here yet");

        trace.span(0, "trace-view-late", "comes", SPAN_KIND_SERVER, 0, 5);
        shop.send(trace);

        assertThat(page.locator(".trace-head h1")).containsText("comes");
    }

    @Test
    void shortId_isTaken_andWrongOneIsNot(Page page, Complaints complaints) {
        complaints.expect(NOT_FOUND);
        page.navigate("/#/trace/xyz");
        assertThat(page.getByRole(AriaRole.ALERT))
                .containsText("A trace id is a UUID, or up to 32 hexadecimal digits.");

        page.navigate("/#/trace/abc");
        assertThat(page.getByRole(AriaRole.HEADING)).hasText("Not here yet");
    }

    @Test
    void unknownSpan_isNamed(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "?span=abc");

        assertThat(page.getByText("There is no span abc in this trace.")).isVisible();
    }

    /** The answers are those of a traced with rules, and of one with a trace of 200,000 spans. */
    @Test
    void droppedTrace_namesItsRule(Page page, Complaints complaints) {
        complaints.expect(NOT_FOUND);
        answer(page, "**/api/v3/traces/*", 410, "{\"error\":{\"httpCode\":410,\"message\":\"it was dropped\"}}");
        answer(
                page,
                "**/traces/00000000-0000-0000-0000-000000000abc",
                410,
                "{\"error\":\"it was dropped\",\"rule\":\"health\",\"dropped_at\":1795893801473432843}");

        page.navigate("/#/trace/abc");

        assertThat(page.getByRole(AriaRole.HEADING)).hasText("Dropped by tail sampling");
        assertThat(page.getByRole(AriaRole.MAIN)).containsText("Rule health said not to keep this trace");
        assertThat(page.getByTitle("2026-11-28T19:23:21.473432843Z")).isVisible();
    }

    @Test
    void tooLargeTrace_saysSo(Page page, Complaints complaints) {
        complaints.expect(NOT_FOUND);
        answer(page, "**/api/v3/traces/*", 413, "{\"error\":{\"httpCode\":413,\"message\":\"more than 40 MiB\"}}");

        page.navigate("/#/trace/abc");

        assertThat(page.getByRole(AriaRole.HEADING)).hasText("Too large to be shown");
        assertThat(page.getByRole(AriaRole.MAIN)).containsText("more than 40 MiB");
    }

    private static void answer(Page page, String path, int status, String body) {
        page.route(
                path,
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(status)
                        .setContentType("application/json")
                        .setBody(body)));
    }

    /** Every digit of a 64-bit number, and names that want to be more than text. */
    @Test
    void hostileSpan_isText(Page page, Shop shop) {
        TraceDraft trace = shop.draft();
        String script = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        int root = trace.span(
                0,
                "trace-view-" + script,
                "\"><svg onload=alert(3)>" + "long".repeat(60),
                SPAN_KIND_SERVER,
                0,
                50,
                TraceDraft.with(Map.of(
                                "key<b>", "\u202e" + script + "v".repeat(960), "big", Long.MAX_VALUE, "", "of no name"))
                        .andThen(span -> span.addLinks(Span.Link.getDefaultInstance())));
        trace.span(
                root,
                "ltr\u202ertl \u05e9\u05dc\u05d5\u05dd",
                "javascript:alert(4)",
                SPAN_KIND_SERVER,
                1,
                20,
                TraceDraft.with(Map.of("http.url", "javascript:alert(5)")));
        trace.log(
                root,
                "trace-view-" + script,
                io.opentelemetry.proto.logs.v1.SeverityNumber.SEVERITY_NUMBER_ERROR,
                1,
                script);
        shop.send(trace);
        page.onDialog(dialog -> {
            throw new AssertionError(dialog.message());
        });

        open(page, trace, "");
        row(page, "svg onload").locator(".span-name").click();
        assertThat(details(page)).containsText("9223372036854775807");
        assertThat(details(page)).containsText("of no name");
        assertThat(details(page)).containsText("a link without a trace id");
        assertThat(details(page).locator(".log-text")).hasText(script);
        row(page, "javascript").locator(".span-name").click();
        assertThat(details(page)).containsText("javascript:alert(5)");
        for (String view : List.of("flame", "table", "logs")) {
            page.navigate("/#/trace/" + trace.id() + "?view=" + view);
            assertThat(page.locator(".trace-main")).containsText("trace-view-<script>");
        }

        assertThat(page.locator("a[href^='javascript'], img[src='x'], main svg[onload], main script"))
                .hasCount(0);
        assertThat(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo(true);
    }

    @Test
    void logs_areNarrowedDown_inTheUrl(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "?view=logs");
        Locator logs = page.locator(".logs > li");
        assertThat(logs).hasText(new Pattern[] {
            Pattern.compile("\\+4 ms.*INFO.*checkout.*POST /orders.*order 0 begins", Pattern.DOTALL),
            Pattern.compile("\\+66 ms.*ERROR.*payment.*charge.*card declined", Pattern.DOTALL)
        });

        page.getByLabel("From severity").selectOption("WARN");
        assertThat(logs).hasCount(1);
        page.getByLabel("Text of the log").fill("approved");
        assertThat(page.getByRole(AriaRole.MAIN)).containsText("No log of this trace is like that.");

        page.reload();
        assertThat(page).hasURL(Pattern.compile("view=logs&severity=WARN&text=approved$"));
        assertThat(page.getByLabel("Text of the log")).hasValue("approved");
        page.getByLabel("Text of the log").fill("DECLINED");
        assertThat(logs).hasCount(1);
        logs.getByRole(AriaRole.LINK).click();
        assertThat(details(page)).containsText("charge");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?span=",
                "?view=flame&span=",
                "?view=table&service=payment",
                "?view=logs",
                "?q=charge&service=payment"
            })
    void trace_canBeReadAloud(String parameters, Page page, Shop shop) {
        String span = shop.get("/api/v3/traces/" + shop.traffic().checkout(0).id())
                .findValue("spanId")
                .asText();
        open(page, shop.traffic().checkout(0), parameters.replace("span=", "span=" + span));
        assertThat(page.locator(".trace-main")).not().isEmpty();

        assertThat(new AxeBuilder(page)
                        .analyze().getViolations().stream()
                                .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
                                .map(TraceViewTest::described))
                .isEmpty();
    }

    @Test
    @Look(scheme = ColorScheme.DARK)
    void darkTrace_canBeReadAloud(Page page, Shop shop) {
        trace_canBeReadAloud("?q=charge&span=", page, shop);
    }

    private static String described(Rule rule) {
        return rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes();
    }

    @Test
    @Look(width = 390, height = 844)
    void narrowScreen_hasTheDetailsBelow(Page page, Shop shop) {
        open(page, shop.traffic().checkout(0), "");
        row(page, "charge").click();

        assertThat(details(page)).isVisible();
        assertThat(details(page).boundingBox().y)
                .isGreaterThan(row(page, "charge").boundingBox().y);
        assertThat(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo(true);
    }

    /** The details take the room of the lower rows, and so that of the one that they are of. */
    @Test
    @Look(width = 390, height = 844)
    void selectedRow_staysInSight(Page page, Shop shop) {
        TraceDraft trace = shop.draft();
        int root = trace.span(0, "trace-view", "rows", SPAN_KIND_SERVER, 0, 50);
        for (int i = 1; i < 40; i++) {
            trace.span(root, "trace-view", "row " + i, SPAN_KIND_SERVER, i, 5);
        }
        shop.send(trace);
        open(page, trace, "");
        page.locator(".span-row").first().focus();
        page.keyboard().press("End");
        Locator last = row(page, "row 39");
        assertThat(last).isInViewport();

        page.keyboard().press("Enter");

        assertThat(details(page)).containsText("row 39");
        assertThat(last).isInViewport();
    }
}
