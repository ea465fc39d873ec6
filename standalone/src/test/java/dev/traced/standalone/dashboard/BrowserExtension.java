package dev.traced.standalone.dashboard;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives tests a page, and looks at what the browser had to complain of, see {@link BrowserTest}. */
final class BrowserExtension implements ExecutionCondition, BeforeAllCallback, AfterEachCallback, ParameterResolver {
    private static final boolean IS_REQUIRED = "1".equals(System.getenv("REQUIRE_BROWSER"));
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final Map<Class<?>, Function<Visit, Object>> PARAMETERS = Map.of(
            Page.class, Visit::page,
            Complaints.class, Visit::complaints,
            Shop.class, visit -> Shop.open());

    /** One of each look a JVM: what a page has loaded the next one has in its cache. Storage is cleared between tests. */
    private static final Map<BrowserTest.Look, BrowserContext> CONTEXTS = new HashMap<>();

    @BrowserTest.Look
    private static final class Usual {}

    /** One test's look at the dashboard. */
    private record Visit(BrowserContext context, Page page, Complaints complaints) {
        /** Leaves the context as it was found. */
        void end() {
            complaints.close();
            context.pages().forEach(Page::close);
            context.unrouteAll();
            context.setOffline(false);
            context.clearPermissions();
            context.clearCookies();
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
        Optional<String> missing = SystemBrowser.missing();
        return missing.isPresent() && !IS_REQUIRED
                ? ConditionEvaluationResult.disabled(missing.get())
                : ConditionEvaluationResult.enabled("");
    }

    @Override
    public void beforeAll(ExtensionContext tests) {
        SystemBrowser.missing().ifPresent(problem -> {
            throw new AssertionError(problem + ", and REQUIRE_BROWSER is 1");
        });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return PARAMETERS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Visit visit = store(test).computeIfAbsent(Visit.class, key -> visit(look(test)), Visit.class);
        return PARAMETERS.get(parameter.getParameter().getType()).apply(visit);
    }

    private static Visit visit(BrowserTest.Look look) {
        Shop shop = Shop.open();
        BrowserContext context = CONTEXTS.computeIfAbsent(look, wanted -> context(wanted, shop));
        return new Visit(context, context.newPage(), new Complaints(context, shop.url()));
    }

    private static BrowserContext context(BrowserTest.Look look, Shop shop) {
        return SystemBrowser.get()
                .newContext(new Browser.NewContextOptions()
                        .setBaseURL(shop.url().toString())
                        .setColorScheme(look.scheme())
                        .setReducedMotion(look.motion())
                        .setViewportSize(look.width(), look.height())
                        .setLocale("en-GB")
                        .setTimezoneId("UTC"));
    }

    private static BrowserTest.Look look(ExtensionContext test) {
        return AnnotationSupport.findAnnotation(test.getTestMethod(), BrowserTest.Look.class)
                .or(() -> AnnotationSupport.findAnnotation(test.getTestClass(), BrowserTest.Look.class))
                .orElseGet(() -> Usual.class.getAnnotation(BrowserTest.Look.class));
    }

    @Override
    public void afterEach(ExtensionContext test) {
        Visit visit = store(test).remove(Visit.class, Visit.class);
        if (visit == null) {
            return;
        }
        try {
            visit.page().screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name(test))));
            visit.page().evaluate("localStorage.clear()");
        } catch (PlaywrightException e) {
            // A test may have closed its page; nothing is to be seen then.
            test.publishReportEntry("screenshot", String.valueOf(e.getMessage()));
        } finally {
            visit.end();
        }
        if (!visit.complaints().unexpected().isEmpty()) {
            throw new AssertionError(String.join("\n", visit.complaints().unexpected()));
        }
    }

    private static String name(ExtensionContext test) {
        String name = test.getRequiredTestClass().getSimpleName() + "-"
                + test.getRequiredTestMethod().getName();
        return name
                + (test.getDisplayName().startsWith("[") ? test.getDisplayName().replaceAll("\\W+", "-") : "") + ".png";
    }

    private static ExtensionContext.Store store(ExtensionContext test) {
        return test.getStore(Namespace.create(BrowserExtension.class, test.getUniqueId()));
    }
}
