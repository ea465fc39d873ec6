package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.traced.assembler.sampling.TailFraction;
import dev.traced.assembler.sampling.TailRule;
import dev.traced.assembler.sampling.TailRulesJson;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceFraction;
import dev.traced.model.TraceId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the README and TRADEOFFS.md say is so. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern DESCRIPTION =
            Pattern.compile(".*\\(([A-Z_]+), (?:default (\\S+?)|required)(?:, (\\d+\\.\\.\\d+))?\\)", Pattern.DOTALL);

    @TempDir
    private Path data;

    /** A row of the settings table. */
    private record Setting(String defaultValue, String range, List<String> commands) {}

    @Test
    void settingsTable_saysWhatTheCommandsTake() throws IOException {
        Map<String, Setting> documented = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("README.md"))) {
            if (line.startsWith("| `")) {
                String[] cells = line.split("\\|", -1);
                String variable = cells[1].replace("`", "").trim();
                if (variable.matches("[A-Z_]+")) {
                    documented.put(
                            variable,
                            new Setting(cells[2].replace("`", "").trim(), cells[3].trim(), List.of(cells[4].trim())));
                }
            }
        }

        Map<String, Setting> taken = new TreeMap<>();
        collect(Traced.commandLine(), "", taken);

        assertThat(documented.keySet()).isEqualTo(taken.keySet());
        taken.forEach((variable, setting) -> {
            assertThat(documented.get(variable).range()).as(variable + " range").isEqualTo(setting.range());
            assertThat(documented.get(variable).defaultValue())
                    .as(variable + " default")
                    .isEqualTo(setting.defaultValue());
            assertThat(documented.get(variable).commands().get(0).split(", "))
                    .as(variable + " commands")
                    .containsExactlyInAnyOrderElementsOf(setting.commands());
        });
    }

    /** A line between two rows would end the table there: what follows is shown as text. */
    @Test
    void rowsOfATable_followEachOther() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
        for (int at = 1; at < lines.size() - 1; at++) {
            boolean isFirst =
                    lines.get(at).startsWith("|") && !lines.get(at - 1).startsWith("|");
            if (isFirst) {
                assertThat(lines.get(at + 1))
                        .as("the line after %s", lines.get(at))
                        .matches("(\\|-+:?)+\\|");
            }
        }
    }

    @Test
    void howToInstrument_namesClassesAndVersionsThatAre() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String section = readme.substring(readme.indexOf("## Instrument a service"), readme.indexOf("## Sidecar"));
        Matcher imports = Pattern.compile("(?m)^import ([\\w.]+);").matcher(section);
        Set<String> imported = new TreeSet<>();
        while (imports.find()) {
            imported.add(Class.forName(imports.group(1)).getSimpleName());
        }
        assertThat(imported).contains("Tracing", "JavalinTracing", "KafkaTracing", "TracingDataSource", "TracingLogs");

        Matcher dependencies = Pattern.compile("<artifactId>(\\S+)</artifactId><version>(\\S+)</version>")
                .matcher(section);
        int versions = 0;
        for (; dependencies.find(); versions++) {
            String name = dependencies.group(1).equals("tracer") ? "traced" : dependencies.group(1);
            assertThat(pom)
                    .containsPattern(Pattern.quote("<artifactId>" + name + "</artifactId>") + "\\s+"
                            + Pattern.quote("<version>" + dependencies.group(2) + "</version>"));
        }
        assertThat(versions).isEqualTo(1);
    }

    private static void collect(CommandLine command, String name, Map<String, Setting> taken) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            Matcher description = DESCRIPTION.matcher(String.join("", option.description()));
            if (description.matches()) {
                String range = description.group(3) == null ? "" : description.group(3);
                String value =
                        description.group(2) == null || description.group(2).equals("none") ? "" : description.group(2);
                Setting known = taken.computeIfAbsent(
                        description.group(1), variable -> new Setting(value, range, new ArrayList<>()));
                known.commands().add(name);
                assertThat(option.longestName())
                        .isEqualTo("--"
                                + description.group(1).toLowerCase(Locale.ROOT).replace('_', '-'));
            }
        }
        command.getSubcommands().forEach((sub, line) -> collect(line, (name + " " + sub).trim(), taken));
    }

    @Test
    void tour_runsAsPrinted() throws Exception {
        assumeTrue(isThere("bash") && isThere("curl"), "the tour needs bash and curl, which are not on this machine");
        String readme = Files.readString(ROOT.resolve("README.md"));
        String tour = readme.substring(readme.indexOf("## A tour with curl"));
        String commands = tour.substring(tour.indexOf("```sh") + 5, tour.indexOf("```", tour.indexOf("```sh") + 5));
        try (Standalone traced = standalone()) {
            String base = "127.0.0.1:" + traced.port();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> get(base, "/health").statusCode() == 200);

            String printed = run("set -e\n" + commands.replace("localhost:8080", base));

            assertThat(printed)
                    .contains("{\"status\":\"ok\"}")
                    .contains("\"root_operation\":\"POST /checkout\"")
                    .contains("\"duration_ms\":90,\"span_count\":2,\"status\":\"error\"")
                    .contains("\"total\":1")
                    .contains("\"tags\":{\"card\":\"declined\"}")
                    .contains("traced_spans_accepted_total 2.0")
                    .contains("\"service\":\"payment\",\"traces\":1,\"spans\":1,\"errors\":1,\"error_rate\":1.0000,")
                    .contains("\"operations\":[{\"operation\":\"charge\",\"traces\":1,")
                    .contains("\"caller\":\"checkout\",\"callee\":\"payment\",\"calls\":1,\"errors\":1,")
                    .contains("event: trace_complete\nid: ")
                    .doesNotContain("\"error\":");
        }
    }

    @Test
    void metricsTable_hasTheMetricsOfAProcessThatHasClosedATrace() throws Exception {
        Pattern row = Pattern.compile("(?m)^\\| `(traced_\\w+)` \\|");
        Set<String> documented = row.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        try (Standalone traced = standalone()) {
            String base = "127.0.0.1:" + traced.port();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> post(base, "/spans", oneSpan()).statusCode() == 202);
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            exposed(get(base, "/metrics").body()))
                    .isEqualTo(documented));
        }
    }

    private static String oneSpan() {
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        return """
                {"spans":[{"trace_id":"00000000-0000-4000-8000-000000000001","span_id":"00000000-0000-4000-8000-000000000002",
                "service":"shop","operation":"buy","start_time":%d,"end_time":%d,"status":"ok"}]}""".formatted(now, now);
    }

    /** The names of our metrics; a histogram's maximum belongs to it. */
    private static Set<String> exposed(String metrics) {
        return Pattern.compile("(?m)^# TYPE (traced_\\w+) ")
                .matcher(metrics)
                .results()
                .map(result -> result.group(1).replaceFirst("_seconds_max$", "_seconds"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Standalone standalone() throws Exception {
        return Standalone.start(new Standalone.Config(
                data,
                "127.0.0.1",
                0,
                new dev.traced.model.RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5)),
                Duration.ofSeconds(5),
                SamplingRates.ALL,
                new TailSampling(List.of(new TailRule("all", TraceFilter.ANY, 1))),
                4,
                null,
                0,
                Settings.Receiving.OFF));
    }

    private static java.net.http.HttpResponse<String> post(String base, String path, String json) throws Exception {
        return java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(URI.create("http://" + base + path))
                                .header("Content-Type", "application/json")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(json))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
    }

    private static java.net.http.HttpResponse<String> get(String base, String path) throws Exception {
        return java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(URI.create("http://" + base + path))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
    }

    private static boolean isThere(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static String run(String script) throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    @Test
    void samplingVectors_areWhatTheCodeComputes() throws IOException {
        Pattern row = Pattern.compile("\\| ([0-9a-f-]{36}) \\| ([0-9a-f]{16}) \\| (0\\.\\d{6}) \\|(.*)\\|");
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher header =
                Pattern.compile("\\| trace id \\| hash \\| fraction \\|(.*)\\|").matcher(readme);
        assertThat(header.find()).as("the header of the vectors").isTrue();
        double[] rates = Stream.of(header.group(1).split("\\|"))
                .mapToDouble(cell -> Double.parseDouble(cell.replace("at", "")))
                .toArray();
        int vectors = 0;
        Matcher vector = row.matcher(readme);
        while (vector.find()) {
            TraceId id = TraceId.parse(vector.group(1));
            assertThat(vector.group(2))
                    .as("hash of %s", id)
                    .isEqualTo(String.format("%016x", TraceFraction.hash(id.high(), id.low())));
            assertThat(vector.group(3))
                    .as("fraction of %s", id)
                    .isEqualTo(String.format(Locale.ROOT, "%.6f", TraceFraction.of(id.high(), id.low())));
            List<String> verdicts = new ArrayList<>();
            for (double rate : rates) {
                verdicts.add(SamplingRates.keep(id.high(), id.low(), rate) ? "kept" : "out");
            }
            assertThat(vector.group(4).trim().split("\\s*\\|\\s*"))
                    .as("verdicts on %s", id)
                    .containsExactly(verdicts.toArray(String[]::new));
            vectors++;
        }
        assertThat(vectors).isEqualTo(6);
    }

    @Test
    void tailSamplingVectors_areWhatTheCodeComputes() throws IOException {
        Matcher row = Pattern.compile("(?m)^\\| ([0-9a-f-]{36}) \\| (0\\.\\d{6}) \\|$")
                .matcher(Files.readString(ROOT.resolve("README.md")));
        int vectors = 0;
        for (; row.find(); vectors++) {
            TraceId id = TraceId.parse(row.group(1));
            assertThat(row.group(2))
                    .as("tail fraction of %s", id)
                    .isEqualTo(String.format(Locale.ROOT, "%.6f", TailFraction.of(id)));
        }
        assertThat(vectors).isEqualTo(3);
    }

    @Test
    void exampleOfTailSampling_isOneThatIsTaken() throws IOException {
        Matcher example =
                Pattern.compile("(?s)TAIL_SAMPLING='(\\[.*?])'").matcher(Files.readString(ROOT.resolve("README.md")));

        assertThat(example.find()).isTrue();
        assertThat(TailRulesJson.read(example.group(1)).rules()).hasSizeGreaterThan(4);
    }

    @Test
    void promises_areKeptByTestsThatExist() throws IOException {
        Set<String> tests = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .forEach(name -> tests.add(name.replace(".java", "")));
        }
        List<String> promises = Files.readAllLines(ROOT.resolve("README.md")).stream()
                .filter(line -> line.startsWith("| P"))
                .toList();

        assertThat(promises).hasSize(8);
        for (String promise : promises) {
            String[] cells = promise.split("\\|", -1);
            assertThat(tests)
                    .as(promise)
                    .contains(cells[3].replace("`", "").trim().split(", "));
        }
    }

    @Test
    void tradeoffs_fitOnTheirPages() throws IOException {
        assertThat(Files.readString(ROOT.resolve("TRADEOFFS.md")).split("\\s+")).hasSizeLessThanOrEqualTo(1000);
    }
}
