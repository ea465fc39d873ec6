package dev.traced.standalone.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.traced.standalone.dashboard.BrowserTest.Look;
import org.junit.jupiter.api.Test;

/** The API's description for people. */
@BrowserTest
class DocsPageTest {
    @Test
    void page_showsEveryOperation(Page page, Shop shop) {
        String policy = page.navigate("/docs").headerValue("Content-Security-Policy");

        int operations = 0;
        for (var path : shop.get("/openapi.json").path("paths")) {
            operations += path.size();
        }
        assertThat(page.locator(".opblock")).hasCount(operations);
        assertThat(policy).contains("script-src 'self';", "style-src 'self';").doesNotContain("unsafe");
    }

    @Test
    @Look(scheme = ColorScheme.DARK)
    void operation_canBeTried(Page page) {
        page.navigate("/docs#/Services/services");
        Locator services = page.locator("#operations-Services-services");

        services.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Execute"))
                .click();

        assertThat(services.locator(".live-responses-table")).containsText("\"checkout\"");
        services.scrollIntoViewIfNeeded();
    }
}
