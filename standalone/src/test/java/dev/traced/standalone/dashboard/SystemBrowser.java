package dev.traced.standalone.dashboard;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Chromium and the node of this machine, one of each a JVM, started for the first test that needs them. They are found
 * on the PATH, or where {@code -Dchromium.path} and {@code -Dnode.path} say.
 */
final class SystemBrowser {
    /** The first is one without windows, which takes half as much of the machine. */
    private static final List<String> CHROMIUM =
            List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

    private static final List<String> NODE = List.of("node", "nodejs");

    private static final double PATIENCE_MS = 20_000;

    private static Browser browser;

    private SystemBrowser() {}

    /** What is missing to start it. */
    static Optional<String> missing() {
        return Stream.of(
                        chromium().isEmpty() ? "there is no chromium on the PATH" : "",
                        node().isEmpty() ? "there is no node on the PATH" : "")
                .filter(problem -> !problem.isEmpty())
                .findFirst();
    }

    /** To be used by the thread that called this first only, which is the one that runs the tests. */
    static synchronized Browser get() {
        if (browser == null) {
            Playwright playwright = Playwright.create(new Playwright.CreateOptions()
                    .setEnv(Map.of(
                            "PLAYWRIGHT_NODEJS_PATH",
                            node().orElseThrow().toString(),
                            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                            "1")));
            // A busy machine gets its time.
            PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
            // Tests run as root in containers, with little shared memory and no graphics processor, which is slow to
            // emulate;
            // and no name but this machine's is looked up.
            browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(chromium().orElseThrow())
                            .setArgs(List.of(
                                    "--no-sandbox",
                                    "--disable-dev-shm-usage",
                                    "--disable-gpu",
                                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")));
            // Ends with its pipe, when this process does.
        }
        return browser;
    }

    private static Optional<Path> chromium() {
        return find("chromium.path", CHROMIUM);
    }

    private static Optional<Path> node() {
        return find("node.path", NODE);
    }

    private static Optional<Path> find(String property, List<String> names) {
        String said = System.getProperty(property);
        if (said != null) {
            return Optional.of(Path.of(said)).filter(Files::isExecutable);
        }
        List<String> directories = List.of(System.getenv("PATH").split(File.pathSeparator));
        return names.stream()
                .flatMap(name -> directories.stream().map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
