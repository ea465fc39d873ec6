package dev.traced.ingest.json;

import static dev.traced.ingest.json.Batches.PARENT_ID;
import static dev.traced.ingest.json.Batches.SPAN_ID;
import static dev.traced.ingest.json.Batches.batch;
import static dev.traced.ingest.json.Batches.quoted;
import static dev.traced.ingest.json.Batches.span;
import static dev.traced.ingest.json.Batches.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.publish.SpanRecords;
import dev.traced.model.Span;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever arrives: spans that can be stored and read back the same, or a refusal. The seed makes a run repeatable. */
class SpanBatchReaderFuzzTest {
    private static final long SEED = 20260101;
    private static final byte[] VALID = utf8(batch(
            span(),
            span("parent_span_id", quoted(PARENT_ID), "tags", "{\"k\":\"v\\u00e9\",\"\u00e4\":\"\uD83D\uDE00\"}"),
            span("start_time", "1.0e18", "extra", "[{\"a\":null},-0.5e3,true]", "status", "\"error\"")));
    private static final byte[][] PIECES = Stream.of(
                    "\"",
                    "\\",
                    "\\ud800",
                    "\\u0000",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "null",
                    "1e999999999",
                    "-",
                    "\0",
                    "\"tags\":",
                    "\"service\":\"x\",",
                    "9223372036854775808",
                    "\uFEFF",
                    "\uD83D\uDE00")
            .map(Batches::utf8)
            .toArray(byte[][]::new);

    private final SpanBatchReader reader = new SpanBatchReader();

    @Test
    @Timeout(60)
    void mutatedBody_isStorableOrRefused() {
        Random random = new Random(SEED);
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] body = mutated(random);
            try {
                assertStorable(reader.read(body, body.length));
                accepted++;
            } catch (InvalidBatchException e) {
                assertThat(e.getMessage())
                        .doesNotContain("com.fasterxml")
                        .doesNotContain("Source")
                        .hasSizeLessThan(300);
                refused++;
            }
        }
        assertThat(accepted).isGreaterThan(100);
        assertThat(refused).isGreaterThan(10_000);
    }

    private static byte[] mutated(Random random) {
        byte[] body = VALID;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(body.length + 1);
            switch (random.nextInt(4)) {
                case 0 -> {
                    byte[] any = {(byte) random.nextInt(256)};
                    body = spliced(body, at, Math.min(body.length, at + 1), any);
                }
                case 1 -> body = Arrays.copyOf(body, at);
                case 2 -> body = spliced(body, at, Math.min(body.length, at + random.nextInt(8)), new byte[0]);
                default -> body = spliced(body, at, at, PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return body;
    }

    private static byte[] spliced(byte[] body, int from, int to, byte[] piece) {
        byte[] spliced = Arrays.copyOf(body, from + piece.length + body.length - to);
        System.arraycopy(piece, 0, spliced, from, piece.length);
        System.arraycopy(body, to, spliced, from + piece.length, body.length - to);
        return spliced;
    }

    private static void assertStorable(List<Span> spans) {
        List<Span> stored = SpanRecords.of(spans).stream()
                .map(ProducerRecord::value)
                .flatMap(value -> SpanDecoder.decode(value).stream())
                .toList();
        assertThat(stored).containsExactlyInAnyOrderElementsOf(spans);
    }

    @Test
    void uuidChars_agreeWithTraceId() {
        Random random = new Random(SEED);
        String signs = "0123456789abcdefABCDEFgG-/:@`\u00ff\u0430";
        UuidChars uuid = new UuidChars();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(SPAN_ID);
            for (int n = random.nextInt(3); n > 0; n--) {
                text.setCharAt(random.nextInt(text.length()), signs.charAt(random.nextInt(signs.length())));
            }
            text.setLength(random.nextInt(10) == 0 ? random.nextInt(36) : 36);
            char[] chars = ("  " + text + " ").toCharArray();

            assertThat(uuid.parse(chars, 2, text.length())).as(text.toString()).isEqualTo(TraceId.isValid(text));
            if (TraceId.isValid(text)) {
                assertThat(new TraceId(uuid.high(), uuid.low())).isEqualTo(TraceId.parse(text));
            }
        }
    }
}
