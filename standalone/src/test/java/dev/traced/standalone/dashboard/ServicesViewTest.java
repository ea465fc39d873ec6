package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the services to the traces behind each number. */
@BrowserTest
class ServicesViewTest {
    @Test
    void list_hasEachService_withTheNumbersOfTheApi(Page page, Shop shop) {
        page.navigate("/#/services");

        JsonNode services = shop.get("/services").path("services");
        assertThat(rows(page)).hasCount(services.size());
        Locator payment = row(page, "payment");
        assertThat(payment.getByRole(AriaRole.CELL).nth(1)).hasText("! 20%");
        assertThat(payment.getByRole(AriaRole.CELL).nth(5)).hasText(String.valueOf(ShopTraffic.CHECKOUTS));
        assertThat(payment.locator(".sparkline")).hasCount(2);
    }

    @Test
    void number_leadsToItsTraces_ofTheTimeThatIsCounted(Page page, Shop shop) {
        page.navigate("/#/services?range=1h");
        Locator payment = row(page, "payment");

        String errors = payment.getByRole(AriaRole.LINK).nth(2).getAttribute("href");
        String p95 = payment.getByRole(AriaRole.LINK).nth(4).getAttribute("href");

        assertThat(errors).matches("#/traces\\?service=payment&status=error&after=\\d+000000000");
        assertThat(shop.get(errors.substring(1)).path("total").asInt()).isEqualTo(ShopTraffic.DECLINED);
        assertThat(p95).matches("#/traces\\?service=payment&min_duration_ns=\\d+&after=\\d+");
    }

    /** Traces are counted by the server's clock, also where the browser's is an hour off. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void wrongClockOfTheBrowser_changesNoRate(int hoursAhead, Page page, Shop shop) {
        WrongClock.set(page, Duration.ofHours(hoursAhead));
        Instant from = Instant.now().minus(Duration.ofHours(1));
        Request asked =
                page.waitForRequest(Pattern.compile("/services\\?"), () -> page.navigate("/#/services?range=1h"));

        assertThat(row(page, "payment").getByRole(AriaRole.CELL).first())
                .containsText(Pattern.compile("[\\d.]+/(min|h)"));
        assertThat(WrongClock.after(asked))
                .isBetween(
                        from.minusSeconds(3),
                        Instant.now().minus(Duration.ofHours(1)).plusSeconds(3));
        assertThat(page.locator(".coverage")).not().containsText(", 0 s");
    }

    @Test
    void order_isInTheUrl(Page page) {
        page.navigate("/#/services");
        assertThat(rows(page).first()).not().isEmpty();

        page.getByRole(AriaRole.BUTTON, named("p99")).click();

        assertThat(page).hasURL(Pattern.compile("#/services\\?sort=-p99$"));
        assertThat(page.locator("th[aria-sort=descending]")).hasText(Pattern.compile("p99"));
        List<String> names = names(page);
        page.reload();
        assertThat(rows(page)).hasCount(names.size());
        assertThat(names(page)).isEqualTo(names).doesNotHaveDuplicates();
        page.goBack();
        assertThat(page.locator("th[aria-sort=descending]")).hasText(Pattern.compile("Rate"));
    }

    @Test
    void search_isByTheKeyboard(Page page) {
        page.navigate("/#/services");
        assertThat(row(page, "payment")).isVisible();

        page.keyboard().press("/");
        page.keyboard().type("pay");

        assertThat(rows(page)).hasCount(1);
        assertThat(page).hasURL(Pattern.compile("\\?q=pay$"));
        page.keyboard().type("x");
        assertThat(page.getByText("No service has “payx” in its name.")).isVisible();
    }

    @Test
    void service_hasItsOperations_andWhomItCalls(Page page) {
        page.navigate("/#/services?range=1h");

        row(page, "checkout")
                .getByRole(AriaRole.ROWHEADER)
                .getByRole(AriaRole.LINK)
                .click();

        assertThat(page).hasURL(Pattern.compile("#/services\\?range=1h&service=checkout$"));
        assertThat(page.locator(".stats-charts canvas")).hasCount(3);
        assertThat(row(region(page, "Operations"), "send mails")
                        .getByRole(AriaRole.CELL)
                        .nth(5))
                .hasText(String.valueOf(ShopTraffic.CHECKOUTS - ShopTraffic.DECLINED));
        assertThat(row(region(page, "Calls"), "payment")
                        .getByRole(AriaRole.CELL)
                        .nth(1))
                .hasText("! 20%");
        assertThat(row(region(page, "Called by"), "web")
                        .getByRole(AriaRole.CELL)
                        .last())
                .hasText(String.valueOf(ShopTraffic.CHECKOUTS + 1)); // and the one whose clock is behind

        row(region(page, "Operations"), "POST /orders")
                .getByRole(AriaRole.LINK)
                .first()
                .click();

        assertThat(page).hasURL(Pattern.compile("service=checkout&operation=POST"));
        assertThat(page.locator(".figures dd").nth(5)).hasText(String.valueOf(ShopTraffic.CHECKOUTS));
    }

    @Test
    void slowOnes_areComparedWithTheRest(Page page) {
        page.navigate("/#/services?service=payment");

        page.getByRole(AriaRole.LINK, named("What is special about the slow ones?"))
                .click();

        assertThat(page)
                .hasURL(Pattern.compile("#/compare\\?service=payment&after=\\d+&selected_min_duration_ns=\\d+$"));
    }

    @Test
    void dragOverAChart_choosesTheTime_andAClickOpensTheTraces(Page page) {
        page.navigate("/#/services?service=web&range=30m");
        assertThat(page.locator(".stats-charts canvas")).hasCount(3);
        BoundingBox chart = page.locator(".stats-charts canvas").first().boundingBox();
        double y = chart.y + chart.height / 2;

        page.mouse().move(chart.x + chart.width * 0.4, y);
        page.mouse().down();
        page.mouse().move(chart.x + chart.width * 0.5, y);
        page.mouse().move(chart.x + chart.width * 0.7, y);
        page.mouse().up();

        assertThat(page).hasURL(Pattern.compile("#/services\\?service=web&after=\\d+0{9}&before=\\d+0{9}$"));
        page.goBack();
        assertThat(page).hasURL(Pattern.compile("#/services\\?service=web&range=30m$"));
        page.mouse().click(chart.x + chart.width * 0.5, y);
        assertThat(page).hasURL(Pattern.compile("#/traces\\?service=web&after=\\d+0{9}&before=\\d+0{9}$"));
    }

    /** A hand that is quick leaves the chart, to the side or below, and comes back or not. */
    @Test
    void dragThatLeavesTheChart_goesOn_andEndsAtItsEdge(Page page) {
        page.navigate("/#/services?service=web&range=30m");
        assertThat(page.locator(".stats-charts canvas")).hasCount(3);
        BoundingBox chart = page.locator(".stats-charts canvas").first().boundingBox();
        double y = chart.y + chart.height / 2;

        page.mouse().move(chart.x + chart.width * 0.6, y);
        page.mouse().down();
        page.mouse().move(chart.x + chart.width * 0.7, y);
        page.mouse().move(chart.x + chart.width * 0.8, chart.y + chart.height + 60);
        page.mouse().move(chart.x + chart.width * 0.9, y);
        page.mouse().move(chart.x + chart.width + 30, chart.y - 30);
        page.mouse().up();

        assertThat(page).hasURL(Pattern.compile("#/services\\?service=web&after=\\d+0{9}&before=\\d+$"));
        page.goBack();
        assertThat(page.locator(".stats-charts canvas")).hasCount(3);
        chart = page.locator(".stats-charts canvas").first().boundingBox();
        page.mouse().move(chart.x + chart.width * 0.6, y);
        page.mouse().down();
        page.mouse().move(chart.x + chart.width * 0.5, y);
        page.mouse().move(chart.x - 200, y);
        page.mouse().up();

        assertThat(page).hasURL(Pattern.compile("#/services\\?service=web&after=\\d+0{9}&before=\\d+0{9}$"));
    }

    @Test
    void map_isWalkedByTheKeyboard(Page page, Shop shop) {
        page.navigate("/#/services?as=map");
        JsonNode calls = shop.get("/dependencies").path("dependencies");
        assertThat(page.locator(".map a.call")).hasCount(calls.size());
        assertThat(rows(page)).hasCount(calls.size());

        Locator call = page.locator(".map a.call[aria-label^='checkout calls payment']");
        call.focus();
        page.keyboard().press("Enter");

        assertThat(page).hasURL(Pattern.compile("as=map&caller=checkout&callee=payment$"));
        Locator detail = region(page, "The chosen call");
        assertThat(detail.locator("dd").nth(1)).hasText(String.valueOf(ShopTraffic.CHECKOUTS));
        assertThat(detail.locator("dd").nth(2)).hasText("! 20% (" + ShopTraffic.DECLINED + ")");
        assertThat(detail.getByRole(AriaRole.LINK, within("with errors")))
                .hasAttribute("href", Pattern.compile("service=payment&status=error"));
        assertThat(call).isFocused();
        detail.getByRole(AriaRole.LINK, within("Close")).click();
        assertThat(detail).isHidden();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "caller=checkout&callee=nobody|There is no service “nobody” in this time.",
                "caller=%3Cb%3E&callee=nobody|There is no service “<b>”, and none “nobody” in this time.",
                "caller=bank&callee=web|“bank” has not called “web” in this time.",
                "caller=bank|The address names only one side of a call."
            })
    void callThatIsNotThere_isSaid(String call, String said, Page page) {
        page.navigate("/#/services?as=map&" + call);

        Locator notice = page.locator(".notice", new Page.LocatorOptions().setHasText(said));
        notice.getByRole(AriaRole.LINK, within("Close")).click();
        assertThat(notice).hasCount(0);
        assertThat(page).hasURL(Pattern.compile("#/services\\?as=map$"));
    }

    @Test
    void serviceOnTheMap_showsItsNeighbours_andOpens(Page page) {
        page.navigate("/#/services?as=map");
        Locator bank = page.locator(".map a.node[title=bank]");

        bank.focus();

        assertThat(page.locator(".map a.node:not(.dim)")).hasCount(2);
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile("#/services\\?service=bank$"));
    }

    /** What a backend with too many names answers. */
    @Test
    void otherNames_leadNowhere_andAreSaid(Page page) {
        String counts =
                "\"traces\":2,\"spans\":4,\"errors\":1,\"error_rate\":0.25,\"duration_ms\":{\"avg\":1,\"p50\":1,\"p95\":2,\"p99\":2}";
        page.route(
                "**/services?*",
                route -> answer(
                        route,
                        "{\"after\":1795893820000000000,\"before\":1795893880000000000,\"complete\":false,\"services\":["
                                + "{\"service\":\"(other)\"," + counts
                                + "},{\"service\":\"<img src=x onerror=alert(1)>\"," + counts + "}]}"));

        page.navigate("/#/services?after=1795893820000000000");

        assertThat(page.getByText("There were more names than are kept")).isVisible();
        assertThat(row(page, "(other)").getByRole(AriaRole.LINK)).hasCount(0);
        assertThat(row(page, "<img src=x onerror=alert(1)>")
                        .getByRole(AriaRole.CELL)
                        .first())
                .hasText("4/min");
        assertThat(page.locator(".coverage")).containsText("1 min");
    }

    /** By an answer that our code does not expect. */
    @Test
    void faultOfThePage_isNotSaidToBeTheServers(Page page, Complaints complaints) {
        complaints.expect("console error: TypeError");
        page.route(
                "**/services",
                route -> answer(route, "{\"after\":1795893820000000000,\"before\":null,\"complete\":true}"));

        page.navigate("/#/services");

        assertThat(page.getByRole(AriaRole.ALERT)).containsText("The page itself failed");
        assertThat(page.getByRole(AriaRole.ALERT)).not().containsText("query service");
        assertThat(complaints.all()).anyMatch(complaint -> complaint.contains("TypeError"));
    }

    @Test
    void answerThatIsNoJson_isOfTheServer(Page page) {
        page.route("**/services", route -> answer(route, "<html>Sign in</html>"));

        page.navigate("/#/services");

        assertThat(page.getByRole(AriaRole.ALERT)).containsText("Something broke");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("answered with something that is no JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/#/services", "/#/services?as=map", "/#/services?service=checkout"})
    @Look(width = 390, height = 844)
    void onAPhone_nothingIsWiderThanThePage(String place, Page page) {
        page.navigate(place);
        assertThat(rows(page).first()).not().isEmpty();

        assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
                .isEqualTo(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/#/services",
                "/#/services?as=map&caller=checkout&callee=payment",
                "/#/services?service=checkout"
            })
    void pages_canBeReadAloud(String place, Page page) {
        page.navigate(place);
        assertThat(rows(page).first()).not().isEmpty();

        assertThat(Accessibility.seriousViolations(page)).isEmpty();
    }

    @Test
    @Look(scheme = ColorScheme.DARK)
    void darkMap_canBeReadAloud(Page page) {
        pages_canBeReadAloud("/#/services?as=map", page);
    }

    private static void answer(Route route, String json) {
        route.fulfill(
                new Route.FulfillOptions().setContentType("application/json").setBody(json));
    }

    private static Locator rows(Page page) {
        return page.locator("tbody tr");
    }

    private static Locator row(Page page, String name) {
        return row(page.locator("main"), name);
    }

    private static Locator row(Locator within, String name) {
        return within.getByRole(AriaRole.ROW)
                .filter(new Locator.FilterOptions()
                        .setHas(within.page()
                                .getByRole(
                                        AriaRole.ROWHEADER,
                                        new Page.GetByRoleOptions()
                                                .setName(name)
                                                .setExact(true))));
    }

    private static Locator region(Page page, String name) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Locator.GetByRoleOptions within(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }

    private static List<String> names(Page page) {
        return page.locator("tbody th").allInnerTexts();
    }
}
