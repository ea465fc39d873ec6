package dev.traced.standalone.dashboard;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.WebError;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What a browser complains of, and what it asks of other hosts. All of it is a failure of the test that does not expect it. */
final class Complaints implements AutoCloseable {
    private static final Set<String> CONSOLE = Set.of("error", "warning", "assert");
    private static final Set<String> LOCAL = Set.of("data", "blob");

    /** What a page gives up by itself: an answer that it does not want any more, a live tail. */
    private static final String GIVEN_UP = "net::ERR_ABORTED";

    private final URI home;
    private final List<String> complaints = new ArrayList<>();
    private final List<Pattern> expected = new ArrayList<>();

    private final BrowserContext context;
    private final Consumer<ConsoleMessage> onConsoleMessage = this::consoleMessage;
    private final Consumer<WebError> onWebError = error -> complaints.add("error of a script: " + error.error());
    private final Consumer<Request> onRequest = this::request;
    private final Consumer<Request> onRequestFailed = this::failedRequest;

    Complaints(BrowserContext context, URI home) {
        this.context = context;
        this.home = home;
        context.onConsoleMessage(onConsoleMessage);
        context.onWebError(onWebError);
        context.onRequest(onRequest);
        context.onRequestFailed(onRequestFailed);
    }

    /** Listens no more. */
    @Override
    public void close() {
        context.offConsoleMessage(onConsoleMessage);
        context.offWebError(onWebError);
        context.offRequest(onRequest);
        context.offRequestFailed(onRequestFailed);
    }

    private void consoleMessage(ConsoleMessage message) {
        if (CONSOLE.contains(message.type())) {
            complaints.add("console " + message.type() + ": " + message.text() + " (" + message.location() + ")");
        }
    }

    private void request(Request request) {
        URI asked = URI.create(request.url());
        if (!LOCAL.contains(asked.getScheme()) && !home.getAuthority().equals(asked.getAuthority())) {
            complaints.add("request to another host: " + request.url());
        }
    }

    private void failedRequest(Request request) {
        if (!GIVEN_UP.equals(request.failure())) {
            complaints.add("request failed: " + request.url() + " " + request.failure());
        }
    }

    /** From now on, and of what has been: complaints in which this regular expression is found are none. */
    void expect(String regex) {
        expected.add(Pattern.compile(regex));
    }

    List<String> all() {
        return List.copyOf(complaints);
    }

    /** Those that nobody expected. */
    List<String> unexpected() {
        return complaints.stream()
                .filter(complaint -> expected.stream()
                        .noneMatch(pattern -> pattern.matcher(complaint).find()))
                .toList();
    }
}
