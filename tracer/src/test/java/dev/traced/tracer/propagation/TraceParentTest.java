package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.TraceFlags;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
    private static final String HEADER = "00-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-01";

    @Test
    void parse_readsTheParts() {
        TraceParent parent = TraceParent.parse(HEADER);

        assertThat(parent.traceId()).isEqualTo("7c1ed0f5a94b4e0d8a2f6b3390d1e457");
        assertThat(parent.parentId()).isEqualTo("b31c9e02f47d58a6");
        assertThat(parent.flags()).isEqualTo(TraceFlags.getSampled());
        assertThat(parent).hasToString(HEADER);
    }

    @ParameterizedTest
    @CsvSource({"00,false,false,00", "01,true,false,01", "02,false,true,02", "03,true,true,03", "fd,true,false,01"})
    void flags_areBits(String flags, boolean sampled, boolean random, String written) {
        TraceParent parent = TraceParent.parse(HEADER.substring(0, 53) + flags);

        assertThat(parent.isSampled()).isEqualTo(sampled);
        assertThat(parent.isRandom()).isEqualTo(random);
        assertThat(parent.toString()).endsWith("-" + written);
    }

    @Test
    void laterVersion_isWrittenAsVersion00() {
        assertThat(TraceParent.parse("42" + HEADER.substring(2) + "-more")).hasToString(HEADER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00-trace123-span_a-01"
                        + "|traceparent must be <version>-<trace-id>-<parent-id>-<trace-flags>, was \"00-trace123-span_a-01\"",
                "ff-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-01"
                        + "|traceparent: version must be two lower-case hexadecimal digits other than ff, was"
                        + " \"ff-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-01\"",
                "00-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-01-x"
                        + "|traceparent must end after its trace-flags, was"
                        + " \"00-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-01-x\"",
                "00-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-0X"
                        + "|traceparent: trace-flags must be two lower-case hexadecimal digits, was"
                        + " \"00-7c1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-0X\"",
                "00-7C1ed0f5a94b4e0d8a2f6b3390d1e457-b31c9e02f47d58a6-01"
                        + "|traceparent: trace-id must be 32 lower-case hexadecimal digits, not all zero, was"
                        + " \"7C1ed0f5a94b4e0d8a2f6b3390d1e457\"",
                "00-7c1ed0f5a94b4e0d8a2f6b3390d1e457-0000000000000000-01"
                        + "|traceparent: parent-id must be 16 lower-case hexadecimal digits, not all zero, was"
                        + " \"0000000000000000\"",
            })
    void parse_saysWhatIsWrong(String header, String message) {
        assertThatThrownBy(() -> TraceParent.parse(header))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThat(TraceParent.tryParse(header)).isEmpty();
    }

    @Test
    void parse_showsThatMuchOnlyOfALongHeader() {
        assertThatThrownBy(() -> TraceParent.parse("x".repeat(100_000)))
                .hasMessageEndingWith("was \"" + "x".repeat(80) + "...\"");
    }

    @Test
    void ids_areCheckedHoweverItIsMade() {
        assertThatThrownBy(() -> new TraceParent("1", "b31c9e02f47d58a6", TraceFlags.getDefault()))
                .hasMessage("traceparent: trace-id must be 32 lower-case hexadecimal digits, not all zero, was \"1\"");
    }

    /** Changes a right header here and there, so that most are wrong by little, and compares with the grammar. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void tryParse_agreesWithTheGrammar(long seed) {
        String ids = "-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";
        Pattern grammar = Pattern.compile("00" + ids + "|(?!00|ff)[0-9a-f]{2}" + ids + "(-.*)?", Pattern.DOTALL);
        Random random = new Random(seed);
        int right = 0;
        for (int i = 0; i < 20_000; i++) {
            String header = changed(random);
            boolean isRight = grammar.matcher(header).matches();
            right += isRight ? 1 : 0;
            assertThat(TraceParent.tryParse(header).isPresent())
                    .as("\"%s\" of seed %d", header, seed)
                    .isEqualTo(isRight);
        }
        assertThat(right).isBetween(2_000, 18_000);
    }

    private static String changed(Random random) {
        StringBuilder header = new StringBuilder(random.nextBoolean() ? HEADER : "a1" + HEADER.substring(2) + "-more");
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(header.length());
            String some = String.valueOf("0123456789abcdefABF-. \u00e9\u0661\u0000".charAt(random.nextInt(25)));
            switch (random.nextInt(6)) {
                case 0 -> header.insert(at, some);
                case 1 -> header.deleteCharAt(at);
                case 2 -> header.setLength(at);
                default -> header.replace(at, at + 1, some);
            }
            if (header.isEmpty()) {
                return "";
            }
        }
        return header.toString();
    }
}
