package dev.traced.tracer.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeLoopTest {
    private static final String ROOT = "{\"type\":\"span\",\"trace_id\":\"t\",\"span_id\":\"1\",\"service\":\"a\"}\n";
    private static final Duration NEVER = Duration.ofHours(1);
    private static final long BYTES = 64 << 20;

    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();

    private List<String> answers() {
        return answers.toString(UTF_8).lines().toList();
    }

    private CompletableFuture<List<String>> start(InputStream in, Duration idleGap) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return NodeLoop.run(in, answers, idleGap, BYTES);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void answer_comesBeforeMoreIsSaid() throws Exception {
        try (PipedOutputStream mouth = new PipedOutputStream()) {
            CompletableFuture<List<String>> run = start(new PipedInputStream(mouth), NEVER);
            for (int said = 1; said <= 3; said++) {
                mouth.write(ROOT.getBytes(UTF_8));
                mouth.flush();
                int expected = said;
                await().atMost(Duration.ofSeconds(20)).until(() -> answers().size() == expected);
            }
            assertThat(answers()).noneMatch(answer -> answer.contains("trace_complete"));

            mouth.close();
            assertThat(run.get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(answers().get(3)).isEqualTo("{\"type\":\"trace_complete\",\"trace_id\":\"t\",\"span_count\":1}");
        }
    }

    @Test
    void traceCloses_whenInputIsQuiet_andAgainAfterALateSpan() throws Exception {
        try (PipedOutputStream mouth = new PipedOutputStream()) {
            CompletableFuture<List<String>> run = start(new PipedInputStream(mouth), Duration.ofMillis(20));
            mouth.write(ROOT.getBytes(UTF_8));
            mouth.flush();
            await().atMost(Duration.ofSeconds(20)).until(() -> answers().size() == 2);
            mouth.write(ROOT.replace("\"1\"", "\"2\",\"parent_span_id\":\"1\"").getBytes(UTF_8));
            mouth.flush();
            await().atMost(Duration.ofSeconds(20)).until(() -> answers().size() == 4);

            mouth.close();
            run.get(20, TimeUnit.SECONDS);
            assertThat(answers())
                    .containsExactly(
                            "{\"type\":\"span_accepted\",\"sampled\":true}",
                            "{\"type\":\"trace_complete\",\"trace_id\":\"t\",\"span_count\":1}",
                            "{\"type\":\"span_accepted\",\"sampled\":true,\"action\":\"update_trace\"}",
                            "{\"type\":\"trace_complete\",\"trace_id\":\"t\",\"span_count\":2}");
        }
    }

    @Test
    void tracesThatNeverCompleted_areNamedAtTheEnd() throws Exception {
        String orphan = ROOT.replace("\"t\"", "\"orphan\"").replace("\"1\"", "\"2\",\"parent_span_id\":\"1\"");

        List<String> incomplete =
                NodeLoop.run(new ByteArrayInputStream((ROOT + orphan).getBytes(UTF_8)), answers, NEVER, BYTES);

        assertThat(incomplete).containsExactly("orphan");
        assertThat(answers())
                .filteredOn(answer -> answer.contains("trace_complete"))
                .hasSize(1);
    }

    @Test
    void inputThatBreaks_isAnError_afterWhatCameBefore() {
        InputStream breaking = new InputStream() {
            private final InputStream before = new ByteArrayInputStream(ROOT.getBytes(UTF_8));

            @Override
            public int read() throws IOException {
                int read = before.read();
                if (read < 0) {
                    throw new IOException("the disk is gone");
                }
                return read;
            }
        };

        assertThatThrownBy(() -> NodeLoop.run(breaking, answers, NEVER, BYTES))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is gone");
        assertThat(answers()).hasSize(2);
    }

    @Test
    void node_ends_whenNobodyReads() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        assertThatThrownBy(() -> NodeLoop.run(new ByteArrayInputStream(ROOT.getBytes(UTF_8)), closed, NEVER, BYTES))
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseMessage("Broken pipe");
    }

    /** It takes less than a second of a processor; what grew with the square of the messages would take minutes. */
    @Test
    void time_growsWithTheMessagesOnly() throws Exception {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            input.append(ROOT.replace("\"t\"", "\"t" + i / 4 + "\"")
                    .replace("\"1\"", i % 4 == 0 ? "\"0\"" : "\"" + i % 4 + "\",\"parent_span_id\":\"0\""));
        }
        long start = System.nanoTime();
        NodeLoop.run(new ByteArrayInputStream(input.toString().getBytes(UTF_8)), answers, NEVER, BYTES);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
        assertThat(answers()).hasSize(25_000);
    }
}
