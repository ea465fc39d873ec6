package dev.traced.standalone;

import dev.traced.assembler.sampling.TailSampling;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.RollingWindow;
import dev.traced.tracer.demo.process.Parent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the demo needs and nobody has started, as a process of its own: Kafka alone, or all of traced. It says {@code port
 * PORT} of the API, if it has one, and {@code kafka HOST:PORT}, ends when its standard input does, and leaves nothing on the disk.
 */
final class DemoBackend {
    private static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));
    private static final Duration TRACE_IDLE = Duration.ofSeconds(5);
    private static final int PARTITIONS = 4;

    private DemoBackend() {}

    /** @param args the port of the API on loopback; none for Kafka alone */
    public static void main(String[] args) {
        Parent.serve(args.length == 0 ? "Kafka" : "traced", () -> run(args));
    }

    private static void run(String... args) throws Exception {
        Path data = Files.createTempDirectory("traced-demo-");
        try {
            if (args.length == 0) {
                serveKafka(data);
            } else {
                serveAll(data, Integer.parseInt(args[0]));
            }
        } finally {
            delete(data);
        }
    }

    private static void serveKafka(Path data) throws IOException {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(data, 0)) {
            System.out.println("kafka " + kafka.bootstrapServers());
            Parent.awaitEnd();
        }
    }

    private static void serveAll(Path data, int port) throws Exception {
        Standalone.Config config = new Standalone.Config(
                data,
                "127.0.0.1",
                port,
                WINDOW,
                TRACE_IDLE,
                SamplingRates.ALL,
                TailSampling.NONE,
                PARTITIONS,
                null,
                0,
                Settings.Receiving.OFF);
        try (Standalone traced = Standalone.start(config)) {
            System.out.println("port " + traced.port());
            System.out.println("kafka " + traced.bootstrapServers());
            Parent.awaitEnd();
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
