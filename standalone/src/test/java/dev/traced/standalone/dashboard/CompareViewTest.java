package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.traced.standalone.dashboard.BrowserTest.Look;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is special about some traces, in words that need no help. */
@BrowserTest
class CompareViewTest {
    private static final String SLOW = "/#/compare?service=payment&selected_min_duration_ns=500000000";

    /** Every fourth bank is slow, which are those of visitors with an amex. */
    @Test
    void slowOnes_haveTheirCardInCommon(Page page) {
        page.navigate(SLOW);

        assertThat(page.locator(".foremost")).containsText("of the selected traces,");
        Locator amex = row(page, "tag card.brand payment", "amex");
        assertThat(amex).containsText("100% of the selected");
        assertThat(amex).containsText(Pattern.compile("3\\d% of the rest"));
        assertThat(side(page, "The selection")).containsText("5 traces");
        assertThat(side(page, "The selection")).containsText("all looked into");
        assertThat(side(page, "The rest")).containsText("15 traces");
        assertThat(side(page, "The rest")).containsText("of 20 traces with");
    }

    @Test
    void errors_areOneClick(Page page) {
        page.navigate("/#/compare?service=payment");
        assertThat(page.getByText("Nothing is selected yet.")).isVisible();

        page.getByRole(AriaRole.BUTTON, named("Errors (20%)")).click();

        assertThat(page).hasURL(Pattern.compile("\\?service=payment&selected_status=error$"));
        assertThat(row(page, "tag http.response.status_code web", "502")).containsText("100% of the selected");
        assertThat(page.getByText("These follow from what was selected.")).isVisible();
    }

    @Test
    void slowerThanP95_isAskedOfTheApi(Page page, Shop shop) {
        page.navigate("/#/compare?service=payment");

        page.getByRole(AriaRole.BUTTON, named("Slower than p95")).click();

        String p95 = shop.get("/traces/overview?service=payment").path("p95_ns").asText();
        assertThat(page).hasURL(Pattern.compile("selected_min_duration_ns=" + p95 + "$"));
        assertThat(page.locator("button[aria-pressed=true]")).containsText("Slower than p95");
    }

    @Test
    void difference_leadsToItsTraces_andJoinsTheSelection(Page page, Shop shop) {
        page.navigate(SLOW);
        Locator amex = row(page, "tag card.brand payment", "amex");

        String traces = amex.getByRole(AriaRole.LINK, exactly("Traces")).getAttribute("href");
        amex.getByRole(AriaRole.LINK, exactly("Select")).click();

        assertThat(traces).isEqualTo("#/traces?service=payment&tag=card.brand%3Aamex");
        assertThat(shop.get(traces.substring(1)).path("total").asInt()).isEqualTo(ShopTraffic.CHECKOUTS / 2);
        assertThat(page).hasURL(Pattern.compile("selected_min_duration_ns=500000000&selected_tag=card.brand%3Aamex$"));
        assertThat(side(page, "The selection").locator(".chip")).hasCount(2);
    }

    @Test
    void conditions_areTyped_andTakenAway(Page page) {
        page.navigate("/#/compare");
        Locator selection = side(page, "The selection");
        selection.getByRole(AriaRole.COMBOBOX).selectOption("min_duration_ns");

        selection.getByRole(AriaRole.TEXTBOX).fill("soon");
        page.keyboard().press("Enter");
        assertThat(selection.getByText("A duration is 200ms, 1.5s, 80us.")).isVisible();
        selection.getByRole(AriaRole.COMBOBOX).selectOption("tag");
        selection.getByRole(AriaRole.TEXTBOX).fill("a:b=c");
        page.keyboard().press("Enter");
        assertThat(selection.getByText("A key with a colon cannot be asked for."))
                .isVisible();
        selection.getByRole(AriaRole.COMBOBOX).selectOption("min_duration_ns");
        selection.getByRole(AriaRole.TEXTBOX).fill("0.5 s");
        page.keyboard().press("Enter");

        assertThat(page).hasURL(Pattern.compile("\\?selected_min_duration_ns=500000000$"));
        side(page, "The rest").getByRole(AriaRole.TEXTBOX).fill("card.brand=amex");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(Pattern.compile("&tag=card.brand%3Aamex$"));
        page.getByRole(AriaRole.BUTTON, named("Take away at least 500 ms")).click();
        assertThat(page.getByText("Nothing is selected yet.")).isVisible();
    }

    @Test
    void durations_areSelectedByADrag(Page page) {
        page.navigate("/#/compare?service=payment");
        assertThat(page.locator(".distribution canvas")).hasCount(1);
        BoundingBox chart = page.locator(".distribution canvas").boundingBox();

        page.mouse().move(chart.x + chart.width * 0.6, chart.y + 40);
        page.mouse().down();
        page.mouse().move(chart.x + chart.width * 0.7, chart.y + 40);
        page.mouse().move(chart.x + chart.width * 0.98, chart.y + 40);
        page.mouse().up();

        assertThat(page)
                .hasURL(Pattern.compile(
                        "service=payment&selected_min_duration_ns=\\d+&selected_max_duration_ns=\\d+$"));
        assertThat(side(page, "The selection")).containsText("5 traces");
    }

    /** The answer to the selection before comes when that to the new one is shown. */
    @Test
    void lateAnswer_changesNothing(Page page) {
        AtomicReference<Route> late = new AtomicReference<>();
        page.route("**/compare?**selected_status=error**", late::set);
        page.navigate("/#/compare?service=payment&selected_status=error");
        page.waitForCondition(() -> late.get() != null);

        page.navigate(SLOW);
        assertThat(side(page, "The selection")).containsText("5 traces");
        try {
            late.get().resume();
        } catch (PlaywrightException e) {
            assertThat(e).hasMessageContaining("abort"); // the page does not wait for it any more
        }

        page.waitForTimeout(500);
        assertThat(row(page, "tag card.brand payment", "amex")).containsText("100% of the selected");
        assertThat(side(page, "The selection")).containsText("5 traces");
    }

    @Test
    void selectionOfNone_isSaid(Page page) {
        page.navigate("/#/compare?selected_service=nobody");

        assertThat(page.getByText("No trace is selected")).isVisible();
    }

    @Test
    void whatChanceWouldDo_isNoDifference(Page page) {
        page.route("**/compare?*", route -> answer(route, "[]", 1_000));

        page.navigate(SLOW);

        assertThat(page.getByText("Nothing differs beyond chance")).isVisible();
        assertThat(side(page, "The rest")).containsText("5,000 traces 1,000 of them looked into");
    }

    @Test
    void traitsThatWereLeftOut_areSaid(Page page) {
        Locator note = page.getByText("rare values may be missing here, and shares may be too low");
        page.navigate(SLOW);
        assertThat(page.locator(".differences li").first()).isVisible();
        assertThat(note).hasCount(0);

        page.route("**/compare?*", route -> answer(route, "[],\"traits_left_out\":true", 1_000));
        page.keyboard().press("r");

        assertThat(page.getByText("Nothing differs beyond chance")).isVisible();
        assertThat(note).isVisible();
    }

    @Test
    @Look(width = 390, height = 844)
    void hostileTexts_areTexts_alsoOnAPhone(Page page) {
        String text = "<img src=x onerror=alert(1)>\u202e" + "x".repeat(900);
        page.route(
                "**/compare?*",
                route -> answer(
                        route,
                        "[{\"scope\":\"span\",\"service\":\"" + text + "\",\"key\":\"" + text + "\",\"value\":\"" + text
                                + "\",\"selected\":{\"traces\":9,\"share\":0.9},\"rest\":{\"traces\":0,\"share\":0.0001},\"difference\":0.8999}]",
                        10));

        page.navigate(SLOW);

        assertThat(page.locator(".differences li")).containsText("0.01% of the rest");
        assertThat(page.locator("main img")).hasCount(0);
        assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
                .isEqualTo(0);
    }

    @Test
    void comparison_canBeReadAloud(Page page) {
        page.navigate(SLOW);
        assertThat(page.locator(".differences li").first()).isVisible();

        assertThat(Accessibility.seriousViolations(page)).isEmpty();
    }

    @Test
    @Look(scheme = ColorScheme.DARK)
    void darkComparison_canBeReadAloud(Page page) {
        comparison_canBeReadAloud(page);
    }

    private static void answer(Route route, String differences, int sampled) {
        route.fulfill(new Route.FulfillOptions()
                .setContentType("application/json")
                .setBody("{\"selected\":{\"total\":10,\"sampled\":10},\"rest\":{\"total\":5000,\"sampled\":" + sampled
                        + "},\"differences\":" + differences + "}"));
    }

    private static Locator side(Page page, String name) {
        return page.getByRole(
                AriaRole.REGION, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator row(Page page, String group, String value) {
        return side(page, group)
                .getByRole(AriaRole.LISTITEM)
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(".value", new Page.LocatorOptions().setHasText(value))));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name);
    }

    private static Locator.GetByRoleOptions exactly(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }
}
