package dev.traced.standalone.control;

import static dev.traced.standalone.control.StockWindowStoreCrash.LATE_ROWS;
import static dev.traced.standalone.control.StockWindowStoreCrash.NEWER_ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.traced.standalone.EmbeddedKafka;
import dev.traced.standalone.control.StockWindowStoreCrash.Found;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * What the stock persistent window store of Kafka Streams 4.3.1 does to a rolling window of traces; that is why ours is
 * built on a key-value store.
 *
 * <p>These tests assert the <em>failures</em> of the stock store. One that turns red after an upgrade of Kafka is good
 * news: the stock store has changed, and a reason for our own may be gone. Reconsider before repairing the test.
 */
class StockWindowStoreTest {
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    Path directory;

    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    }

    @Test
    void idleStore_keepsEveryRowVisible_longAfterItsRetention() {
        try (TopologyTestDriver driver = driver()) {
            pipeTenRows(driver, "row-", START);

            driver.advanceWallClockTime(StockWindowStoreCrash.RETENTION.multipliedBy(6));

            assertThat(visibleKeys(driver)).hasSize(10);
        }
    }

    @Test
    void oneRecordFromTomorrow_wipesTheWindow() {
        try (TopologyTestDriver driver = driver()) {
            pipeTenRows(driver, "row-", START);

            input(driver).pipeInput("tomorrow", "x", START.plus(Duration.ofDays(1)));
            assertThat(visibleKeys(driver)).containsExactly("tomorrow");

            pipeTenRows(driver, "more-", START.plusSeconds(1));
            assertThat(visibleKeys(driver))
                    .as("rows of today are refused from now on")
                    .containsExactly("tomorrow");
        }
    }

    @Test
    void crash_losesTheRowsOfTheOlderSegment_butNoneOfTheKeyValueStore() throws Exception {
        Path state = directory.resolve("state");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
            crash(kafka, state);

            Found afterCrash = StockWindowStoreCrash.read(kafka.bootstrapServers(), state);
            assertThat(afterCrash).isEqualTo(new Found(0, NEWER_ROWS, LATE_ROWS, NEWER_ROWS));

            // The rows are in the changelog: it is the local store that has lost them, and does not know.
            Path wiped = directory.resolve("wiped");
            Found restored = StockWindowStoreCrash.read(kafka.bootstrapServers(), wiped);
            assertThat(restored).isEqualTo(new Found(LATE_ROWS, NEWER_ROWS, LATE_ROWS, NEWER_ROWS));
        }
    }

    private static void crash(EmbeddedKafka kafka, Path state) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StockWindowStoreCrash.class.getName(),
                        kafka.bootstrapServers(),
                        state.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(StockWindowStoreCrash.EXIT_CODE);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private TopologyTestDriver driver() {
        return new TopologyTestDriver(
                StockWindowStoreCrash.topology(), StockWindowStoreCrash.config("unused:1", directory), START);
    }

    private static TestInputTopic<String, String> input(TopologyTestDriver driver) {
        return driver.createInputTopic(StockWindowStoreCrash.ROWS, new StringSerializer(), new StringSerializer());
    }

    private static void pipeTenRows(TopologyTestDriver driver, String prefix, Instant time) {
        for (int i = 0; i < 10; i++) input(driver).pipeInput(prefix + i, "x", time);
    }

    private static List<String> visibleKeys(TopologyTestDriver driver) {
        WindowStore<String, String> window = driver.getWindowStore(StockWindowStoreCrash.WINDOW);
        List<String> keys = new ArrayList<>();
        try (var rows = window.all()) {
            rows.forEachRemaining(row -> keys.add(row.key.key()));
        }
        return keys;
    }
}
