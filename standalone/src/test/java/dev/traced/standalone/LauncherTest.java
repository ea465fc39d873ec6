package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What is wrong with a command line or the machine is said in one line, with the setting's name and value. */
class LauncherTest {
    private static final Duration END_WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    static Stream<Arguments> wrongSettings() {
        return Stream.of(
                wrong("port above 65535", "--http-port (HTTP_PORT) must be 0..65535", "up", "--http-port", "65536"),
                wrong("port not a number", "--http-port", "up", "--http-port", "web"),
                wrong("kafka port", "--kafka-port (KAFKA_PORT) must be 0..65535", "up", "--kafka-port", "70000"),
                wrong("window 0", "--window-minutes (WINDOW_MINUTES) must be 1..1440", "up", "--window-minutes", "0"),
                wrong("window 1441", "--window-minutes (WINDOW_MINUTES) must be", "up", "--window-minutes", "1441"),
                wrong("window of half a minute", "--window-minutes", "up", "--window-minutes", "0.5"),
                wrong("grace -1", "--grace-seconds (GRACE_SECONDS) must be 0..3600", "up", "--grace-seconds=-1"),
                wrong(
                        "sampling rate above 1",
                        "--sampling-rate (SAMPLING_RATE) must be 0..1, was 1.5",
                        "up",
                        "--sampling-rate",
                        "1.5"),
                wrong(
                        "sampling rate that is no number",
                        "--sampling-rate (SAMPLING_RATE) must be 0..1, was some",
                        kafka("gateway", "--sampling-rate", "some")),
                wrong(
                        "sampling rates without a rate",
                        "--sampling-rates (SAMPLING_RATES) must be service=rate,..., had 'checkout'",
                        "up",
                        "--sampling-rates",
                        "checkout"),
                wrong(
                        "sampling rate of a service above 1",
                        "--sampling-rates (SAMPLING_RATES): the rate of checkout must be 0..1, was 1.5",
                        kafka("gateway", "--sampling-rates", "health=0.01,checkout=1.5")),
                wrong(
                        "sampling rates of one service",
                        "--sampling-rates (SAMPLING_RATES) must name checkout once, had another 0.5",
                        "up",
                        "--sampling-rates",
                        "checkout=1,checkout=0.5"),
                wrong(
                        "tail sampling that keeps more than all",
                        "--tail-sampling (TAIL_SAMPLING): rule \"rest\": keep must be 0..1, was 1.5",
                        "up",
                        "--tail-sampling",
                        "[{\"name\":\"rest\",\"keep\":1.5}]"),
                wrong(
                        "tail sampling with an unknown field",
                        "--tail-sampling (TAIL_SAMPLING): rule \"errors\": unknown field \"stauts\", known are name,",
                        kafka("assembler", "--tail-sampling", "[{\"name\":\"errors\",\"stauts\":\"error\"}]")),
                wrong(
                        "tail sampling from a file that is not there",
                        "--tail-sampling (TAIL_SAMPLING): cannot read no-such-rules.json:",
                        "up",
                        "--tail-sampling",
                        "@no-such-rules.json"),
                wrong(
                        "node, idle",
                        "--node-idle-ms (NODE_IDLE_MS) must be 1..600000, was 0",
                        "node",
                        "--node-idle-ms=0"),
                wrong("partitions 0", "--partitions (PARTITIONS) must be 1..1000", "up", "--partitions", "0"),
                wrong("partitions 1001", "--partitions (PARTITIONS) must be", "up", "--partitions", "1001"),
                wrong("unknown flag", "--no-such-flag", "up", "--no-such-flag", "1"),
                wrong("unknown command", "fly", "fly"),
                wrong("no command", "a command is missing"),
                wrong("gateway without Kafka", "--kafka-bootstrap-servers", "gateway"),
                wrong("query without Kafka", "--kafka-bootstrap-servers", "query"),
                wrong("gateway, query url", "--query-url", kafka("gateway", "--query-url", "nowhere at all")),
                wrong(
                        "gateway, query url of files",
                        "--query-url (QUERY_URL) must be",
                        kafka("gateway", "--query-url", "ftp://x")),
                wrong(
                        "query, assemblers",
                        "--assemblers (ASSEMBLERS) must be host:port",
                        kafka("query", "--assemblers", "x")),
                wrong(
                        "assembler, address",
                        "--door-address (DOOR_ADDRESS) must be",
                        kafka("assembler", "--door-address", "x:99999")),
                wrong(
                        "bootstrap servers",
                        "KAFKA_BOOTSTRAP_SERVERS must be host:port,..., was nowhere",
                        "query",
                        "--query-port",
                        "0",
                        "--kafka-bootstrap-servers",
                        "nowhere"),
                wrong("demo, rate", "--rate (DEMO_RATE) must be 1..500, was 0", "demo", "--rate", "0"),
                wrong(
                        "demo, duration",
                        "--duration (DEMO_DURATION) must be 1..600, was 3600",
                        "demo",
                        "--duration",
                        "3600"),
                wrong(
                        "demo, URL",
                        "--url (DEMO_URL) must be http://host:port, was localhost:8080",
                        "demo",
                        "--url",
                        "localhost:8080"),
                wrong("no data directory", "--data-dir (DATA_DIR) must be a directory", "up", "--data-dir", ""),
                wrong("query, port", "--query-port (QUERY_PORT) must be", kafka("query", "--query-port", "99999")),
                wrong("assembler, door", "--door-port (DOOR_PORT) must be", kafka("assembler", "--door-port=-5")),
                wrong(
                        "assembler, standbys",
                        "--standbys (STANDBYS) must be 0..5",
                        kafka("assembler", "--standbys", "6")),
                wrong("assembler, threads", "--threads (THREADS) must be 1..64", kafka("assembler", "--threads", "0")),
                wrong("sidecar without anything", "--sidecar-listen", "sidecar"),
                wrong(
                        "sidecar, listen",
                        "--listen (SIDECAR_LISTEN) must be [HOST:]PORT, was 90000",
                        sidecar("--listen", "90000")),
                wrong(
                        "sidecar, listen without a host",
                        "--listen (SIDECAR_LISTEN) must be [HOST:]PORT, was :0",
                        sidecar("--listen", ":0")),
                wrong("sidecar, service", "--service (OTEL_SERVICE_NAME) must not be empty", sidecar("--service", "")),
                wrong(
                        "sidecar, upstream",
                        "--upstream (SIDECAR_UPSTREAM) must be http://HOST[:PORT], was localhost:3000",
                        sidecar("--upstream", "localhost:3000")),
                wrong(
                        "sidecar, endpoint",
                        "--endpoint (OTEL_EXPORTER_OTLP_ENDPOINT) must be http://HOST[:PORT], was nowhere",
                        sidecar("--endpoint", "nowhere")),
                wrong(
                        "sidecar, sampling rate",
                        "--sampling-rate (SAMPLING_RATE) must be 0..1, was 2",
                        sidecar("--sampling-rate", "2")),
                wrong(
                        "sidecar, timeout",
                        "--timeout (SIDECAR_TIMEOUT) must be 1..3600, was 0",
                        sidecar("--timeout", "0")),
                wrong(
                        "replication factor",
                        "--replication-factor (REPLICATION_FACTOR) must be 1..10",
                        kafka("topics", "create", "--replication-factor", "0")));
    }

    private static Arguments wrong(String name, String message, String... arguments) {
        return argumentSet(name, message, List.of(arguments));
    }

    private static String[] kafka(String command, String... arguments) {
        return Stream.concat(
                        Stream.concat(Stream.of(command), Stream.of(arguments)),
                        Stream.of("--kafka-bootstrap-servers", "127.0.0.1:1"))
                .toArray(String[]::new);
    }

    /** With one setting in place of a right one, or beside those. */
    private static String[] sidecar(String flag, String value) {
        Map<String, String> settings = new LinkedHashMap<>(
                Map.of("--listen", "127.0.0.1:0", "--upstream", "http://localhost:3000", "--service", "shop"));
        settings.put(flag, value);
        return Stream.concat(
                        Stream.of("sidecar"),
                        settings.entrySet().stream()
                                .flatMap(setting -> Stream.of(setting.getKey(), setting.getValue())))
                .toArray(String[]::new);
    }

    /** In this process, as they are said before anything starts: a process of its own takes each a second. */
    @ParameterizedTest
    @MethodSource("wrongSettings")
    void wrongSetting_isOneLine(String message, List<String> arguments) {
        StringWriter stdout = new StringWriter();
        StringWriter stderr = new StringWriter();
        CommandLine traced =
                Traced.commandLine().setOut(new PrintWriter(stdout, true)).setErr(new PrintWriter(stderr, true));

        int exitCode = assertTimeoutPreemptively(END_WITHIN, () -> traced.execute(arguments.toArray(String[]::new)));

        assertThat(exitCode).isNotZero();
        assertThat(stderr.toString().lines())
                .singleElement()
                .asString()
                .startsWith("traced: ")
                .contains(message);
        assertThat(stdout.toString()).isEmpty();
    }

    @Test
    void portBelow0_isOneLine() {
        assertOneLine("--http-port (HTTP_PORT) must be 0..65535, was -1", "up", "--http-port=-1");
    }

    @Test
    void hostThatIsNone_isOneLine() {
        assertOneLine("cannot listen on no.such.host.invalid (HTTP_HOST", "up", "--http-host", "no.such.host.invalid");
    }

    @Test
    void assemblerWithoutBrokers_isOneLine() {
        String freePort = Integer.toString(TracedProcess.freePort());
        assertOneLine("Kafka at 127.0.0.1:1 does not answer", kafka("assembler", "--door-port", freePort));
    }

    @Test
    void wrongVariableOfOpenTelemetry_isOneLine_thatNamesIt() {
        assertOneLine(
                "OTEL_PROPAGATORS must be of tracecontext, baggage, b3 and b3multi, or none, was b33",
                Map.of("OTEL_PROPAGATORS", "b33"),
                sidecar("--timeout", "60"));
    }

    @Test
    void portInUse_isOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            String port = Integer.toString(taken.getLocalPort());
            assertOneLine(port, "up", "--http-port", port, "--data-dir", directory.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"--otlp-grpc-port, OTLP_GRPC_PORT", "--otlp-http-port, OTLP_HTTP_PORT", "--zipkin-port, ZIPKIN_PORT"})
    void furtherPortInUse_isOneLine_thatNamesTheSetting(String flag, String variable) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            String port = Integer.toString(taken.getLocalPort());
            assertOneLine(variable, "up", "--http-port", "0", flag, port, "--data-dir", directory.toString());
            assertOneLine(
                    variable, "gateway", "--kafka-bootstrap-servers", "localhost:1", "--http-port", "0", flag, port);
        }
    }

    @Test
    void samePortTwice_isOneLine() {
        String port = Integer.toString(TracedProcess.freePort());
        assertOneLine(
                "OTLP_HTTP_PORT and ZIPKIN_PORT must differ",
                "up",
                "--http-port",
                "0",
                "--otlp-http-port",
                port,
                "--zipkin-port",
                port,
                "--data-dir",
                directory.toString());
    }

    @Test
    void kafkaPortInUse_isOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertOneLine(port, "up", "--http-port", "0", "--kafka-port", port, "--data-dir", directory.toString());
        }
    }

    @Test
    void dataDirectoryOfAnotherInstance_isOneLine() {
        try (TracedProcess holder = TracedProcess.up(directory)) {
            assertOneLine("process " + holder.pid(), "up", "--http-port", "0", "--data-dir", directory.toString());
        }
    }

    @Test
    void levelThatIsNone_isOneLine() {
        try (TracedProcess traced = TracedProcess.run(Map.of("LOG_LEVEL", "loud"), "up", "--help")) {
            assertThat(traced.awaitEnd(END_WITHIN)).isNotZero();
            assertThat(traced.stderr())
                    .containsExactly("traced: LOG_LEVEL must be one of TRACE, DEBUG, INFO, WARN, ERROR, OFF, was loud");
        }
    }

    @Test
    void filesOfTheUser_areLeftWhereTheyAre() throws IOException {
        Path theirs =
                Files.createDirectories(directory.resolve("streams/mycode")).resolve("Main.java");
        Files.writeString(theirs, "hello");
        Path old = Files.createDirectories(directory.resolve("streams/traced-assembler-60s/0_0"));
        TracedProcess.up(directory).close();

        assertThat(theirs).hasContent("hello");
        assertThat(old).doesNotExist();
    }

    @Test
    void dataDirectoryThatIsAFile_isOneLine() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertOneLine(file.toString(), "up", "--http-port", "0", "--data-dir", file.toString());
    }

    @ParameterizedTest
    @CsvSource({"up", "topics create", "topics describe"})
    void kafkaOutOfReach_isOneLine(String command) {
        String nowhere = "127.0.0.1:" + TracedProcess.freePort();
        Stream<String> more =
                command.equals("up") ? Stream.of("--http-port", "0", "--data-dir", directory.toString()) : Stream.of();
        String[] arguments = Stream.concat(
                        Stream.concat(Stream.of(command.split(" ")), more),
                        Stream.of("--kafka-bootstrap-servers", nowhere))
                .toArray(String[]::new);
        assertOneLine(nowhere, arguments);
    }

    @ParameterizedTest
    @CsvSource({
        "up, 'HTTP_PORT, default 8080; HTTP_HOST, default 0.0.0.0; DATA_DIR, default ./data; WINDOW_MINUTES, default 30;"
                + " GRACE_SECONDS, default 5; SAMPLING_RATE, default 1; SAMPLING_RATES, default none; TAIL_SAMPLING, default none;"
                + " PARTITIONS, default 4;"
                + " KAFKA_BOOTSTRAP_SERVERS; KAFKA_PORT, default 0'",
        "gateway, 'KAFKA_BOOTSTRAP_SERVERS, required; HTTP_PORT, default 8080; HTTP_HOST, default 0.0.0.0;"
                + " OTLP_GRPC_PORT, default 4317; OTLP_HTTP_PORT, default 4318; ZIPKIN_PORT, default 9411;"
                + " QUERY_URL, default http; WINDOW_MINUTES, default 30; GRACE_SECONDS, default 5;"
                + " SAMPLING_RATE, default 1; SAMPLING_RATES, default none'",
        "assembler, 'KAFKA_BOOTSTRAP_SERVERS, required; DOOR_PORT, default 8090; DOOR_HOST, default 127.0.0.1;"
                + " DOOR_ADDRESS, default; DATA_DIR, default ./data; WINDOW_MINUTES, default 30; GRACE_SECONDS, default 5;"
                + " TAIL_SAMPLING, default none; REPLICATION_FACTOR, default 1; STANDBYS, default 1; THREADS, default 2'",
        "query, 'KAFKA_BOOTSTRAP_SERVERS, required; QUERY_PORT, default 8081; QUERY_HOST, default 127.0.0.1;"
                + " ASSEMBLERS, default 127.0.0.1:8090'",
        "node, 'NODE_IDLE_MS, default 500'",
        "demo, 'HTTP_PORT, default 8080; DEMO_URL, default none; DEMO_RATE, default 5; DEMO_DURATION, default none;"
                + " DEMO_SEED, default 1; KAFKA_BOOTSTRAP_SERVERS, default none'",
        "topics create, 'KAFKA_BOOTSTRAP_SERVERS, required; PARTITIONS, default 4; REPLICATION_FACTOR, default 1;"
                + " WINDOW_MINUTES, default 30; GRACE_SECONDS, default 5'",
        "sidecar, 'SIDECAR_LISTEN, required; SIDECAR_UPSTREAM, required; OTEL_SERVICE_NAME, required;"
                + " OTEL_EXPORTER_OTLP_ENDPOINT, default http; SAMPLING_RATE, default 1;"
                + " SIDECAR_TIMEOUT, default 60'"
    })
    void help_listsEverySettingWithItsDefault(String command, String settings) {
        try (TracedProcess help = TracedProcess.run(Stream.concat(Stream.of(command.split(" ")), Stream.of("--help"))
                .toArray(String[]::new))) {
            assertThat(help.awaitEnd(END_WITHIN)).isZero();
            String text = String.join(" ", help.stdout()).replaceAll("\\s+", " ");
            assertThat(text).contains(settings.split("; ?"));
        }
    }

    @Test
    void environmentVariables_workLikeFlags() {
        int kafkaPort = TracedProcess.freePort();
        Map<String, String> environment = Map.of(
                "HTTP_PORT", "0",
                "HTTP_HOST", "127.0.0.1",
                "DATA_DIR", directory.toString(),
                "WINDOW_MINUTES", "7",
                "PARTITIONS", "3",
                "KAFKA_PORT", Integer.toString(kafkaPort));
        try (TracedProcess up = TracedProcess.run(environment, "up").awaitReady()) {
            assertThat(String.join("\n", up.stdout()))
                    .contains("keeps 7 minutes in " + directory, "Kafka at 127.0.0.1:" + kafkaPort);
            try (TracedProcess topics = TracedProcess.run(
                    Map.of("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafkaPort), "topics", "describe")) {
                assertThat(topics.awaitEnd(END_WITHIN)).as(topics::output).isZero();
                assertThat(topics.stdout()).first().asString().startsWith("spans: 3 partitions, replication factor 1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "WINDOW_MINUTES, 0, must be 1..1440",
        "HTTP_PORT, x, --http-port",
        "PARTITIONS, '', --partitions",
        "SAMPLING_RATE, 1.5, 'must be 0..1, was 1.5'",
        "SAMPLING_RATES, checkout=2, 'the rate of checkout must be 0..1, was 2'",
        "TAIL_SAMPLING, '[{\"name\":\"rest\"},{\"keep\":1}]', 'rule 2: name is missing'"
    })
    void wrongEnvironmentVariable_isOneLine(String variable, String value, String message) {
        try (TracedProcess traced =
                TracedProcess.run(Map.of(variable, value, "DATA_DIR", directory.toString()), "up")) {
            assertThat(traced.awaitEnd(END_WITHIN)).isNotZero();
            assertThat(traced.stderr()).as(traced::output).hasSize(1);
            assertThat(traced.stderr().get(0)).startsWith("traced: ").contains(message);
        }
    }

    private static void assertOneLine(String message, String... arguments) {
        assertOneLine(message, Map.of(), arguments);
    }

    private static void assertOneLine(String message, Map<String, String> environment, String... arguments) {
        try (TracedProcess traced = TracedProcess.run(environment, arguments)) {
            assertThat(traced.awaitEnd(END_WITHIN)).as(traced::output).isNotZero();
            assertThat(traced.stderr()).as(traced::output).hasSize(1);
            assertThat(traced.stderr().get(0)).startsWith("traced: ").contains(message);
            assertThat(traced.stdout()).as(traced::output).isEmpty();
        }
    }
}
