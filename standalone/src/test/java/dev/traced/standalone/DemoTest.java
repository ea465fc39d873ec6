package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with all of its processes: nothing of it is missing in traced, and nothing of it stays. */
class DemoTest {
    private static final int PROCESSES = 11; // ten services, and Kafka or traced
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(120);
    private static final Pattern TRACES = Pattern.compile("(\\d+) traces begun, (\\d+) whole and complete");
    private static final Pattern LINK = Pattern.compile("a trace worth a look: http://\\S+?/#/trace/[0-9a-f]{32}");

    @TempDir
    Path data;

    @TempDir
    Path temporary;

    @Test
    void everyTraceIsWhole_withItsLogs_andNothingIsDropped() throws Exception {
        try (TracedProcess traced = TracedProcess.up(data);
                TracedProcess demo = demo("--url", traced.url().toString(), "--rate", "20", "--duration", "5")) {
            List<ProcessHandle> children = children(demo);

            int exitCode = demo.awaitEnd(ENDS_WITHIN);

            String said = String.join("\n", demo.stdout());
            Matcher traces = TRACES.matcher(said);
            assertThat(traces.find()).as(demo::output).isTrue();
            assertThat(traces.group(1)).as(demo::output).isEqualTo(traces.group(2));
            assertThat(exitCode).as(demo::output).isZero();
            assertThat(Integer.parseInt(traces.group(1))).isGreaterThan(60);
            assertThat(demo.stderr()).as(demo::output).noneMatch(line -> line.contains("WARN"));
            double begun = Double.parseDouble(traces.group(1));
            Awaitility.await() // one that closes between the two looks is in neither
                    .untilAsserted(() -> assertThat(
                                    traced.metric("traced_traces_closed_total") + traced.metric("traced_traces_open"))
                            .isEqualTo(begun));
            assertThat(LINK.matcher(said).find()).as(demo::output).isTrue();
            assertThat(said).contains("opening the shop: 10 processes").containsPattern("reviews +[1-9]\\d* +0 ");
            assertThat(demo.stdout()).noneMatch(line -> line.endsWith(" "));
            assertNothingIsLeft(children);
        }
    }

    /** The line of the README, but for the port; it starts traced too. */
    @Test
    void demoOfTheReadme_endsCleanly_whenStopped() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        Matcher line = Pattern.compile("(?m)^\\./traced (demo)$").matcher(readme);
        assertThat(line.find()).as("./traced demo in the README").isTrue();
        try (TracedProcess demo = demo()) {
            List<ProcessHandle> children = children(demo);

            demo.stop(ENDS_WITHIN);

            assertThat(demo.stdout())
                    .as(demo::output)
                    .startsWith("starting traced, which keeps what it is sent until the demo ends")
                    .contains("the shop closes", "nothing was dropped")
                    .anyMatch(said -> said.endsWith("(Ctrl-C closes it)"));
            assertThat(demo.stderr()).as(demo::output).noneMatch(said -> said.contains("WARN"));
            assertNothingIsLeft(children);
        }
    }

    /** Killed while half of it is still starting: some of its processes have not looked at their input yet. */
    @Test
    void killedDemo_leavesNothing() {
        try (TracedProcess demo = demo()) {
            Awaitility.await()
                    .atMost(ENDS_WITHIN)
                    .until(() -> demo.descendants().size() > PROCESSES / 2);
            List<ProcessHandle> children = demo.descendants();

            demo.kill();

            Awaitility.await().atMost(ENDS_WITHIN).untilAsserted(() -> assertNothingIsLeft(children));
        }
    }

    @Test
    void urlWithoutTraced_isOneLine() {
        String nowhere = "http://localhost:" + TracedProcess.freePort();
        try (TracedProcess demo = demo("--url", nowhere)) {
            assertThat(demo.awaitEnd(ENDS_WITHIN)).isNotZero();
            assertThat(demo.stderr())
                    .filteredOn(line -> line.startsWith("traced: "))
                    .containsExactly("traced: --url (DEMO_URL): no traced answers at " + nowhere);
        }
    }

    /** With a rate and a port of its own, unless they are given, and temporary files where this test sees them. */
    private TracedProcess demo(String... arguments) {
        Map<String, String> environment =
                Map.of("HTTP_PORT", "0", "DEMO_RATE", "10", "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        String[] line = Stream.concat(Stream.of("demo"), Stream.of(arguments)).toArray(String[]::new);
        return TracedProcess.run(environment, line);
    }

    /** All that it starts, once the shop is open. */
    private static List<ProcessHandle> children(TracedProcess demo) {
        demo.awaitLine(Pattern.compile("the shop is open"));
        List<ProcessHandle> children = demo.descendants();
        assertThat(children).hasSize(PROCESSES);
        return children;
    }

    private void assertNothingIsLeft(List<ProcessHandle> children) throws IOException {
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).isEmpty();
        }
    }
}
