package dev.traced.standalone.dashboard;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A browser whose clock is not that of the server. */
final class WrongClock {
    private static final Pattern AFTER = Pattern.compile("(?:^|&)after=(\\d+)(\\d{9})(?:&|$)");

    private WrongClock() {}

    /** Sets the clock of a page that is not open yet. */
    static void set(Page page, Duration ahead) {
        page.addInitScript("const now = Date.now; Date.now = () => now() + " + ahead.toMillis() + ";");
    }

    /** From when on something is asked for. */
    static Instant after(Request request) {
        Matcher after = AFTER.matcher(URI.create(request.url()).getQuery());
        if (!after.find()) {
            throw new AssertionError("no start is asked for: " + request.url());
        }
        return Instant.ofEpochSecond(Long.parseLong(after.group(1)), Long.parseLong(after.group(2)));
    }
}
