package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The node as a process of its own: answers only on standard output, and each as soon as it is known. */
class NodeCommandTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String ROOT =
            "{'type':'span','trace_id':'t1','span_id':'s1','service':'A'}\n".replace('\'', '"');

    @Test
    void answers_comeAtOnce_tracesCloseWhenInputIsQuiet_andTheEndFlushes() {
        try (TracedProcess node = TracedProcess.run("node", "--node-idle-ms", "50")) {
            node.say(ROOT);
            await().atMost(SOON).untilAsserted(() -> assertThat(node.stdout())
                    .containsExactly(
                            "{\"type\":\"span_accepted\",\"sampled\":true}",
                            "{\"type\":\"trace_complete\",\"trace_id\":\"t1\",\"span_count\":1}"));

            node.say("nonsense\n");
            node.say(ROOT.replace("\"s1\"", "\"s2\",\"parent_span_id\":\"s1\""));
            node.say(ROOT.replace("\"s1\"", "\"s2\",\"parent_span_id\":\"s1\"").replace("t1", "orphan"));
            node.endInput();

            assertThat(node.awaitEnd(SOON)).as(node::output).isZero();
            List<String> answers = node.stdout();
            assertThat(answers.get(2)).startsWith("{\"type\":\"error\",\"code\":12,");
            assertThat(answers.get(3))
                    .isEqualTo("{\"type\":\"span_accepted\",\"sampled\":true,\"action\":\"update_trace\"}");
            assertThat(answers).last().asString().contains("\"span_count\":2}");
            assertThat(node.stderr()).containsExactly("traced: 1 traces lack their root or a parent: orphan");
        }
    }

    @Test
    void exampleOfTheReadme_isAnsweredAsPrinted() throws IOException {
        Matcher example = Pattern.compile("\\./traced node <<'EOF'\n(.*?)EOF\n```\n\n```\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("..", "README.md")));
        assertThat(example.find()).isTrue();

        try (TracedProcess node = TracedProcess.run("node", "--node-idle-ms", "60000")) {
            node.say(example.group(1));
            node.endInput();

            assertThat(node.awaitEnd(SOON)).as(node::output).isZero();
            assertThat(node.stdout()).isEqualTo(example.group(2).lines().toList());
            assertThat(node.stderr()).isEmpty();
        }
    }
}
