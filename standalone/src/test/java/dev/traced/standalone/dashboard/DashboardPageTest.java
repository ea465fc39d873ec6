package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.traced.standalone.dashboard.BrowserTest.Look;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as such: what it is made of arrives, runs, and stays within what it may do. */
@BrowserTest
class DashboardPageTest {
    @Test
    void page_isThere(Page page) {
        Response answer = page.navigate("/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(page.getByRole(AriaRole.NAVIGATION, new Page.GetByRoleOptions().setName("Views")))
                .isVisible();
        assertThat(page.getByRole(AriaRole.MAIN)).not().isEmpty();
        assertThat(page).hasTitle("Traces · traced");
    }

    @Test
    void keys_goToTheViews_andKeepTheTime(Page page) {
        page.navigate("/#/services?range=5m&service=payment");
        assertThat(page.getByRole(AriaRole.HEADING).first()).isVisible();
        for (String[] keyAndView : new String[][] {{"3", "compare"}, {"1", "traces"}, {"2", "services"}}) {
            page.keyboard().press(keyAndView[0]);
            assertThat(page).hasURL(Pattern.compile("#/" + keyAndView[1] + "\\?range=5m$"));
        }
        page.navigate("/#/traces?after=1&before=2");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Traces"))
                        .first())
                .isVisible();
        page.keyboard().press("3");
        assertThat(page).hasURL(Pattern.compile("#/compare\\?after=1&before=2$"));
    }

    /** While the help is open its keys are none: the view behind it stays as it is, and has the focus again afterwards. */
    @Test
    void help_listsTheKeysOfTheView_andEscapeClosesItAlone(Page page) {
        page.navigate("/#/traces?selected_status=error");
        Locator refresh = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Refresh"));
        refresh.focus();

        page.keyboard().press("?");

        Locator help = page.getByRole(AriaRole.DIALOG);
        assertThat(help).containsText("live, or not");
        assertThat(help).containsText("this help");
        page.keyboard().press("2");
        page.keyboard().press("Escape");
        assertThat(help).hasCount(0);
        assertThat(page).hasURL(Pattern.compile("#/traces\\?selected_status=error$"));
        assertThat(refresh).isFocused();
        page.keyboard().press("Escape");
        assertThat(page).hasURL(Pattern.compile("#/traces$"));
    }

    @Test
    void viewThatCouldNotBeLoaded_isNotComplainedOf_whenAnotherIsThere(Page page, Complaints complaints) {
        complaints.expect("services-view");
        Pattern view = Pattern.compile("/services-view\\.js$");
        page.route(view, Route::abort);
        page.navigate("/#/services");
        assertThat(page.getByText("could not load its view of services")).isVisible();

        page.keyboard().press("1");

        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Traces"))
                        .first())
                .isVisible();
        assertThat(page.getByText("could not load its view of services")).hasCount(0);
    }

    @Test
    void page_mayLoadOnlyWhatIsOurs(Page page) {
        String policy = page.navigate("/").headerValue("Content-Security-Policy");

        assertThat(policy)
                .startsWith("default-src 'none'; script-src 'self' 'sha256-")
                .contains("style-src 'self';", "connect-src 'self';", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void scriptInThePage_doesNotRun(Page page, Complaints complaints) {
        complaints.expect("Content Security Policy");
        page.navigate("/");

        Object ran = page.evaluate(
                "() => { const script = document.createElement('script'); script.textContent = 'window.ran = true';"
                        + " document.body.append(script); return window.ran === true; }");

        assertThat(ran).isEqualTo(false);
        assertThat(complaints.all()).isNotEmpty();
    }

    /** By the names of the import map. */
    @Test
    void libraries_areFoundByTheirNames(Page page) {
        page.navigate("/");

        Object rendered = page.evaluate("async () => { const {html, render} = await import('lit');"
                + " const {repeat} = await import('lit/directives/repeat.js');"
                + " const place = document.createElement('div');"
                + " render(html`${repeat([1, 2, 3], n => html`<b>${n}</b>`)}`, place); return place.textContent; }");

        assertThat(rendered).isEqualTo("123");
    }

    @Test
    void chart_isDrawn_withinThePolicy(Page page) {
        page.navigate("/");

        Object drawn = page.evaluate("async () => { const echarts = await import('echarts');"
                + " const place = document.createElement('div'); place.style.cssText = 'width:400px;height:200px';"
                + " document.body.append(place); const chart = echarts.init(place);"
                + " chart.setOption({animation: false, tooltip: {trigger: 'axis', renderMode: 'richText'},"
                + "   xAxis: {data: ['a', 'b']}, yAxis: {}, series: [{type: 'bar', data: [1, 2]}]});"
                + " chart.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 1});"
                + " await new Promise(done => chart.on('finished', done));"
                + " return place.querySelectorAll('canvas').length; }");

        assertThat(drawn).isEqualTo(1);
    }

    @Test
    void fonts_areOurs(Page page) {
        page.navigate("/");

        Object loaded = page.evaluate("async () => (await Promise.all([document.fonts.load('14px Inter'),"
                + " document.fonts.load('14px \"JetBrains Mono\"')])).map(faces => faces.length)");

        assertThat(loaded).isEqualTo(List.of(1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ui/../../META-INF/MANIFEST.MF", "/ui/%2e%2e/app.js", "/ui/none.js", "/_static/none.js"})
    void otherFiles_areNotThere(String path, Page page) {
        assertThat(page.request().get(path).status()).isEqualTo(404);
    }

    @Test
    void page_canBeReadAloud(Page page) {
        page.navigate("/");
        assertThat(page.getByRole(AriaRole.MAIN)).not().isEmpty();

        assertThat(Accessibility.seriousViolations(page)).isEmpty();
    }

    @Test
    @Look(scheme = ColorScheme.DARK)
    void darkPage_canBeReadAloud(Page page) {
        page_canBeReadAloud(page);
    }
}
