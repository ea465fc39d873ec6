package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.named;
import static dev.traced.assembler.TestSpans.root;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code WindowTest} shows this of the whole at full length only. */
class EvictionDiskTest {
    private static final int TRACES = 8_000;

    @TempDir
    Path stateDir;

    @Test
    void tables_areGivenBackToTheDisk_withoutTraffic() throws IOException {
        Random random = new Random(1);
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            for (int trace = 1; trace <= TRACES; trace++) {
                traced.arrive(named(root(trace, 1, 0), text(random), text(random)));
            }
            traced.timePasses(Duration.ofMinutes(1));
            assertThat(tableBytes()).isGreaterThan(8 << 20);

            traced.timePasses(Duration.ofMinutes(32));

            assertThat(traced.rootsKept()).isZero();
            assertThat(tableBytes()).isLessThan(1 << 20);
        }
    }

    /** Does not compress. */
    private static String text(Random random) {
        return random.ints(400, 0x4e00, 0x9fa5)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private long tableBytes() throws IOException {
        try (Stream<Path> files = Files.walk(stateDir)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
