package dev.traced.standalone.dashboard;

import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests in a browser. A method may take a {@link com.microsoft.playwright.Page} of its own, for which paths
 * are those of the dashboard; {@link Complaints}, of which there must be none at the end that the test does not expect; and
 * {@link Shop}, what the dashboard has to show. At the end of each test the page is in {@code target/screenshots}.
 *
 * <p>Without Chromium and node the tests are skipped, unless {@code REQUIRE_BROWSER} is 1.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BrowserExtension.class)
@Timeout(60)
@interface BrowserTest {
    /** How the page is looked at; of a method, or of all methods of a class. */
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Look {
        ColorScheme scheme() default ColorScheme.LIGHT;

        ReducedMotion motion() default ReducedMotion.REDUCE;

        int width() default 1_280;

        int height() default 800;
    }
}
