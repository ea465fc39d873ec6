package dev.traced.ingest.json;

import static dev.traced.ingest.json.Batches.PARENT_ID;
import static dev.traced.ingest.json.Batches.SPAN_ID;
import static dev.traced.ingest.json.Batches.TRACE_ID;
import static dev.traced.ingest.json.Batches.batch;
import static dev.traced.ingest.json.Batches.batchOf;
import static dev.traced.ingest.json.Batches.quoted;
import static dev.traced.ingest.json.Batches.span;
import static dev.traced.ingest.json.Batches.tags;
import static dev.traced.ingest.json.Batches.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.Quoted;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanBatchReaderTest {
    private static final String SMILE = "\uD83D\uDE00";

    private final SpanBatchReader reader = new SpanBatchReader();

    private List<Span> read(String body) {
        byte[] bytes = utf8(body);
        return reader.read(bytes, bytes.length);
    }

    private Span readOne(String... differing) {
        return read(batch(span(differing))).get(0);
    }

    @Test
    void span_allFields() {
        Span span = readOne(
                "parent_span_id",
                quoted(PARENT_ID),
                "status",
                "\"error\"",
                "tags",
                "{\"b\":\"1\",\"a\":\"zw\u00f6lf\"}");

        assertThat(span)
                .isEqualTo(new Span(
                        TraceId.parse(TRACE_ID),
                        SpanId.parse(SPAN_ID),
                        SpanId.parse(PARENT_ID),
                        "checkout",
                        "pay",
                        1767225600000000001L,
                        1767225600005000002L,
                        SpanStatus.ERROR,
                        Map.of("b", "1", "a", "zw\u00f6lf")));
        assertThat(span.tags().keySet()).containsExactly("b", "a");
    }

    @Test
    void span_onlyRequiredFields() {
        Span span = readOne();

        assertThat(span.isRoot()).isTrue();
        assertThat(span.status()).isEqualTo(SpanStatus.OK);
        assertThat(span.tags()).isNull();
    }

    @Test
    void batch_keepsTheOrder() {
        List<Span> spans =
                read(batch(span("operation", "\"a\""), span("operation", "\"b\""), span("operation", "\"c\"")));

        assertThat(spans).extracting(Span::operation).containsExactly("a", "b", "c");
    }

    @Test
    void batch_of500() {
        assertThat(read(batchOf(500))).hasSize(500);
    }

    @Test
    void batch_lengthBoundsTheBytes() {
        byte[] body = utf8(batchOf(1) + "garbage of the request before");

        assertThat(reader.read(body, batchOf(1).length())).hasSize(1);
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                argumentSet("an id in upper case", "trace_id", quoted(TRACE_ID.toUpperCase(java.util.Locale.ROOT))),
                argumentSet("the nil id", "span_id", quoted("00000000-0000-0000-0000-000000000000")),
                argumentSet("an id with escapes", "trace_id", quoted("\\u0030" + TRACE_ID.substring(1))),
                argumentSet("a parent of null", "parent_span_id", "null"),
                argumentSet("an empty service", "service", "\"\""),
                argumentSet("an empty operation", "operation", "\"\""),
                argumentSet("256 characters", "service", quoted("x".repeat(256))),
                argumentSet("256 characters of two chars", "operation", quoted(SMILE.repeat(256))),
                argumentSet("an escaped pair", "service", "\"\\ud83d\\ude00\""),
                argumentSet("a NUL", "service", "\"\\u0000\""),
                argumentSet("an integer with exponent", "start_time", "1.0e18"),
                argumentSet("an integer with fraction 0", "start_time", "5.000"),
                argumentSet("an integer with negative exponent", "start_time", "50e-1"),
                argumentSet("a negative start", "start_time", "-1"),
                argumentSet("minus zero", "start_time", "-0"),
                argumentSet("minus zero with fraction", "start_time", "-0.0"),
                argumentSet("zero with an exponent", "start_time", "0e999999999"),
                argumentSet("the earliest start", "start_time", "-9223372036854775808"),
                argumentSet("the latest end", "end_time", "9223372036854775807"),
                argumentSet("the latest end with exponent", "end_time", "9.223372036854775807E18"),
                argumentSet("an end equal to the start", "end_time", "1767225600000000001"),
                argumentSet("tags of null", "tags", "null"),
                argumentSet("no tags", "tags", "{}"),
                argumentSet("50 tags", "tags", tags(50)),
                argumentSet("a tag of 1024 characters", "tags", "{\"k\":\"" + "x".repeat(1024) + "\"}"),
                argumentSet("a tag of 1024 characters of two chars", "tags", "{\"k\":\"" + SMILE.repeat(1024) + "\"}"),
                argumentSet("a tag named by a pair", "tags", "{\"" + SMILE + "\":\"\"}"),
                argumentSet("a tag without a name", "tags", "{\"\":\"\"}"),
                argumentSet("an unknown text", "extra", "\"x\""),
                argumentSet("an unknown long text", "extra", quoted("x".repeat(100_000))),
                argumentSet("an unknown lone surrogate", "extra", "\"\\ud800\""),
                argumentSet("an unknown tree", "extra", "{\"a\":[1,{\"b\":null}],\"a\":2}"),
                argumentSet("an unknown name in another case", "Trace_Id", "5"));
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String field, String value) {
        assertThat(read(batch(span(field, value)))).hasSize(1);
    }

    @Test
    void integer_isExactBeyond53Bits() {
        Span span = readOne("start_time", "1.767225600000000001e18", "end_time", "1767225600000000003");

        assertThat(span.startTimeNanos()).isEqualTo(1767225600000000001L);
        assertThat(span.endTimeNanos()).isEqualTo(1767225600000000003L);
    }

    @Test
    void id_isReadInAnyCase() {
        assertThat(readOne("trace_id", quoted("0AF76519-16cd-43DD-8448-eb211c80319C"))
                        .traceId())
                .hasToString(TRACE_ID);
    }

    @Test
    void tags_nullIsAbsent_emptyIsNot() {
        assertThat(readOne("tags", "null").tags()).isNull();
        assertThat(readOne("tags", "{}").tags()).isEmpty();
    }

    static Stream<Arguments> refusedField() {
        String x100 = "x".repeat(100);
        String x64 = "x".repeat(64);
        return Stream.of(
                field("trace_id", null, "is required"),
                field("trace_id", "null", "must be a UUID, was null"),
                field("trace_id", "5", "must be a UUID, was 5"),
                field("trace_id", "{}", "must be a UUID, was an object"),
                field("trace_id", "[1]", "must be a UUID, was an array"),
                field("trace_id", "\"\"", "must be a UUID, was \"\""),
                field("trace_id", "\"1-1-1-1-1\"", "must be a UUID, was \"1-1-1-1-1\""),
                field("trace_id", quoted(TRACE_ID + "0"), "must be a UUID, was \"" + TRACE_ID + "0\""),
                field(
                        "trace_id",
                        quoted(TRACE_ID.replace('-', '0')),
                        "must be a UUID, was \"" + TRACE_ID.replace('-', '0') + '"'),
                field(
                        "trace_id",
                        quoted(TRACE_ID.replace('f', 'g')),
                        "must be a UUID, was \"" + TRACE_ID.replace('f', 'g') + '"'),
                field("trace_id", quoted(x100), "must be a UUID, was \"" + x64 + "...\""),
                field("trace_id", "\"a\\nb\\u0000\\u202a\"", "must be a UUID, was \"a\\u000ab\\u0000\u202a\""),
                field("trace_id", quoted("x".repeat(20_000)), "is too long, had more than 16384 characters"),
                field("span_id", null, "is required"),
                field("span_id", "\"abc\"", "must be a UUID, was \"abc\""),
                field("parent_span_id", "\"\"", "must be a UUID, was \"\""),
                field("parent_span_id", "\"abc\"", "must be a UUID, was \"abc\""),
                field("parent_span_id", "false", "must be a UUID, was false"),
                field("service", null, "is required"),
                field("service", "null", "must be a string, was null"),
                field("service", "1.50", "must be a string, was 1.50"),
                field("service", quoted("x".repeat(257)), "must be at most 256 characters, had 257"),
                field("service", quoted(SMILE.repeat(257)), "must be at most 256 characters, had 257"),
                field("service", "\"\\ud800\"", "must not hold a lone surrogate, was \"\\ud800\""),
                field("service", "\"\\ude00\\ud83d\"", "must not hold a lone surrogate, was \"\\ude00\\ud83d\""),
                field("operation", null, "is required"),
                field("operation", "[]", "must be a string, was an array"),
                field("operation", quoted("x".repeat(257)), "must be at most 256 characters, had 257"),
                field("operation", "\"a\\udfffb\"", "must not hold a lone surrogate, was \"a\\udfffb\""),
                field("start_time", null, "is required"),
                field("start_time", "null", "must be an integer of 64 bits, was null"),
                field("start_time", "\"5\"", "must be an integer of 64 bits, was \"5\""),
                field("start_time", "1.5", "must be an integer of 64 bits, was 1.5"),
                field("start_time", "1e-1", "must be an integer of 64 bits, was 1e-1"),
                field("start_time", "true", "must be an integer of 64 bits, was true"),
                field("start_time", "-9223372036854775809", "must be an integer of 64 bits, was -9223372036854775809"),
                field("end_time", null, "is required"),
                field("end_time", "9223372036854775808", "must be an integer of 64 bits, was 9223372036854775808"),
                field("end_time", "9.3e18", "must be an integer of 64 bits, was 9.3e18"),
                field("end_time", "1e999999999", "must be an integer of 64 bits, was 1e999999999"),
                field("end_time", "1e99999999999", "must be an integer of 64 bits, was 1e99999999999"),
                field("end_time", "1e-999999999", "must be an integer of 64 bits, was 1e-999999999"),
                field("end_time", "9".repeat(5_000), "must be an integer of 64 bits, was " + "9".repeat(64) + "..."),
                field(
                        "end_time",
                        "1." + "0".repeat(5_000),
                        "must be an integer of 64 bits, was 1." + "0".repeat(62) + "..."),
                field("end_time", "7", "must not be before start_time, was 7, start_time 1767225600000000001"),
                field("status", null, "is required"),
                field("status", "null", "must be ok or error, was null"),
                field("status", "\"OK\"", "must be ok or error, was \"OK\""),
                field("status", "\"\"", "must be ok or error, was \"\""),
                field("status", "1", "must be ok or error, was 1"),
                field("tags", "[]", "must be an object, was an array"),
                field("tags", "\"k\"", "must be an object, was \"k\""),
                field("tags", tags(51), "must have at most 50 entries"));
    }

    private static Arguments field(String name, String value, String problem) {
        return argumentSet(name + ' ' + Quoted.text(String.valueOf(value)), name, value, problem);
    }

    @ParameterizedTest
    @MethodSource
    void refusedField(String name, String value, String problem) {
        String body = batch(span(), span(), span(name, value));

        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage("spans[2]." + name + " " + problem);
    }

    static Stream<Arguments> refusedTag() {
        return Stream.of(
                argumentSet("number", "{\"k\":5}", "tags[\"k\"] must be a string, was 5"),
                argumentSet("null", "{\"k\":null}", "tags[\"k\"] must be a string, was null"),
                argumentSet("object", "{\"k\":{}}", "tags[\"k\"] must be a string, was an object"),
                argumentSet(
                        "long",
                        "{\"k\":\"" + "x".repeat(1100) + "\"}",
                        "tags[\"k\"] must be at most 1024 characters, had 1100"),
                argumentSet(
                        "very long",
                        "{\"k\":\"" + "x".repeat(20_000) + "\"}",
                        "tags[\"k\"] is too long, had more than 16384 characters"),
                argumentSet(
                        "lone surrogate",
                        "{\"k\":\"\\udc00\"}",
                        "tags[\"k\"] must not hold a lone surrogate, was \"\\udc00\""),
                argumentSet(
                        "long name",
                        "{\"" + "n".repeat(100) + "\":5}",
                        "tags[\"" + "n".repeat(64) + "...\"] must be a string, was 5"),
                argumentSet("twice", "{\"k\":\"a\",\"l\":\"b\",\"k\":\"a\"}", "tags[\"k\"] must not appear twice"),
                argumentSet(
                        "twice, once escaped", "{\"k\":\"a\",\"\\u006b\":\"b\"}", "tags[\"k\"] must not appear twice"));
    }

    @ParameterizedTest
    @MethodSource
    void refusedTag(String tags, String problem) {
        String body = batch(span(), span("tags", tags));

        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage("spans[1]." + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trace_id",
                "span_id",
                "parent_span_id",
                "service",
                "operation",
                "start_time",
                "end_time",
                "status",
                "tags",
                "extra"
            })
    void property_twiceInASpan(String name) {
        String once = span("parent_span_id", "null", "tags", "null", "extra", "null");
        String twice = once.replace("\"" + name + "\":", "\"" + name + "\":1,\"" + name + "\":");
        String value = once.substring(once.indexOf("\"" + name + "\":") + name.length() + 3);
        String same =
                twice.replace(":1,", ":" + value.substring(0, value.indexOf(value.contains(",") ? "," : "}")) + ",");

        assertThatThrownBy(() -> read(batch(same)))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage("spans[0]." + name + " must not appear twice");
    }

    static Stream<Arguments> refusedBody() {
        return Stream.of(
                argumentSet("empty", "", "the body must be a JSON object, was nothing"),
                argumentSet("blank", " \n", "the body must be a JSON object, was nothing"),
                argumentSet("null", "null", "the body must be a JSON object, was null"),
                argumentSet("array", "[]", "the body must be a JSON object, was an array"),
                argumentSet("string", "\"spans\"", "the body must be a JSON object, was \"spans\""),
                argumentSet("no spans", "{}", "spans is required"),
                argumentSet("spans in another case", "{\"Spans\":[]}", "spans is required"),
                argumentSet("spans of null", "{\"spans\":null}", "spans must be an array, was null"),
                argumentSet("spans an object", "{\"spans\":{}}", "spans must be an array, was an object"),
                argumentSet("0 spans", "{\"spans\":[]}", "spans must hold 1..500 spans, had 0"),
                argumentSet("501 spans", batchOf(501), "spans must hold 1..500 spans, had 501"),
                argumentSet("a span of null", "{\"spans\":[null]}", "spans[0] must be an object, was null"),
                argumentSet("a span of array", batch(span(), "[]"), "spans[1] must be an object, was an array"),
                argumentSet("an empty span", batch(span(), "{}"), "spans[1].trace_id is required"),
                argumentSet(
                        "spans twice",
                        "{\"spans\":[" + span() + "],\"spans\":[" + span() + "]}",
                        "spans must not appear twice"),
                argumentSet(
                        "unknown twice",
                        "{\"x\\n\":1,\"spans\":[" + span() + "],\"x\\n\":1}",
                        "x\\u000a must not appear twice"),
                argumentSet("something behind it", batchOf(1) + " {}", "the body must end after the JSON object"),
                argumentSet("a brace behind it", batchOf(1) + "}", "the body is not valid JSON, line 1, column 231"),
                argumentSet("cut", batchOf(1).substring(0, 50), "the body is not valid JSON, line 1, column 51"),
                argumentSet("no JSON", "spans=1", "the body is not valid JSON, line 1, column 7"),
                argumentSet("NaN", batch(span("start_time", "NaN")), "the body is not valid JSON, line 1, column 166"),
                argumentSet(
                        "leading zero",
                        batch(span("start_time", "01")),
                        "the body is not valid JSON, line 1, column 164"),
                argumentSet("comment", "/* */" + batchOf(1), "the body is not valid JSON, line 1, column 2"),
                argumentSet(
                        "trailing comma",
                        "{\"spans\":[" + span() + ",]}",
                        "the body is not valid JSON, line 1, column 230"),
                argumentSet(
                        "raw control character",
                        batch(span("service", "\"a\nb\"")),
                        "the body is not valid JSON, line 1, column 124"),
                argumentSet(
                        "nested deeper than 100",
                        "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}",
                        TOO_DEEP + ", line 1, column 106"),
                argumentSet(
                        "name of 60,000 characters",
                        "{\"" + "n".repeat(60_000) + "\":1}",
                        "the body has a name, text or number that is too long, line 1, column 60004"),
                argumentSet(
                        "high surrogate in a name",
                        batch(span("tags", "{\"a\\ud800\":\"v\"}")),
                        "the body is not valid JSON, line 1, column 244"),
                argumentSet(
                        "low surrogate in a name",
                        batch(span("tags", "{\"a\\udc00b\":\"v\"}")),
                        "the body is not valid JSON, line 1, column 244"),
                argumentSet(
                        "wrong pair in a name",
                        batch(span("tags", "{\"a\\ud83d\\ud83d\":\"v\"}")),
                        "the body is not valid JSON, line 1, column 250"),
                argumentSet(
                        "1,001 unknown names",
                        "{" + tags(1001).substring(1),
                        "the body must have at most 1000 properties"));
    }

    private static final String TOO_DEEP = "the body is nested deeper than 100 levels";

    @ParameterizedTest
    @MethodSource
    void refusedBody(String body, String message) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage(message);
    }

    @Test
    void span_withTooManyUnknownNames() {
        String properties = tags(1001);
        String body = batch("{" + properties.substring(1));

        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage("spans[0] must have at most 1000 properties");
    }

    @Test
    void utf8_withByteOrderMark_isAccepted() {
        assertThat(read("\uFEFF" + batchOf(1))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void otherEncoding_isRefused(String charset) {
        byte[] body = batchOf(1).getBytes(Charset.forName(charset));

        assertThatThrownBy(() -> reader.read(body, body.length))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage("the body must be UTF-8, looks like UTF-16 or UTF-32");
    }

    @Test
    void utf16_withByteOrderMark_isRefused() {
        byte[] body = batchOf(1).getBytes(StandardCharsets.UTF_16);

        assertThatThrownBy(() -> reader.read(body, body.length))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage("the body must be UTF-8, is not at byte 0");
    }

    static Stream<Arguments> invalidUtf8() {
        return Stream.of(
                argumentSet("lone continuation", new byte[] {(byte) 0x80}),
                argumentSet("overlong slash of 2", new byte[] {(byte) 0xc0, (byte) 0xaf}),
                argumentSet("overlong of 3", new byte[] {(byte) 0xe0, (byte) 0x80, (byte) 0xaf}),
                argumentSet("overlong of 4", new byte[] {(byte) 0xf0, (byte) 0x80, (byte) 0x80, (byte) 0xaf}),
                argumentSet("surrogate", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}),
                argumentSet(
                        "surrogate pair of 3 each",
                        new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0xbd, (byte) 0xed, (byte) 0xb8, (byte) 0x80}),
                argumentSet("beyond Unicode", new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}),
                argumentSet("0xff", new byte[] {(byte) 0xff}),
                argumentSet("cut sequence", new byte[] {(byte) 0xe2, (byte) 0x82}),
                argumentSet("Latin-1", new byte[] {(byte) 0xe4}));
    }

    /** Wherever it stands: in a text we keep, in one we skip, in a name. */
    @ParameterizedTest
    @MethodSource
    void invalidUtf8(byte[] bytes) {
        for (String place : List.of(
                span("service", "\"@\""), span("extra", "\"@\""), span("@", "1"), span("tags", "{\"@\":\"\"}"))) {
            String body = batch(place);
            int at = body.indexOf('@');
            byte[] head = utf8(body.substring(0, at));
            byte[] tail = utf8(body.substring(at + 1));
            byte[] all = Arrays.copyOf(head, head.length + bytes.length + tail.length);
            System.arraycopy(bytes, 0, all, at, bytes.length);
            System.arraycopy(tail, 0, all, at + bytes.length, tail.length);

            assertThatThrownBy(() -> reader.read(all, all.length))
                    .isInstanceOf(InvalidBatchException.class)
                    .hasMessage("the body must be UTF-8, is not at byte " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\ud800\udc00", "\udbff\udfff"})
    void utf8_atTheEdgesOfEachSize_isKept(String text) {
        assertThat(readOne("service", quoted("a" + text + "b")).service()).isEqualTo("a" + text + "b");
    }

    @Test
    @Timeout(60)
    void nestingOf50MB_isRefusedAtOnce() {
        byte[] body = new byte[50 << 20];
        Arrays.fill(body, (byte) '[');
        body[0] = '{';
        System.arraycopy(utf8("{\"a\":"), 0, body, 0, 5);

        assertThatThrownBy(() -> reader.read(body, body.length))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessage(TOO_DEEP + ", line 1, column 106");
    }

    @Test
    @Timeout(60)
    void hugeValues_costLittle() {
        String digits = "9".repeat(20 << 20);
        for (String value : List.of(digits, "1." + digits, "1e" + digits, quoted(digits))) {
            byte[] body = utf8(batch(span("start_time", value)));

            long start = System.nanoTime();
            assertThatThrownBy(() -> reader.read(body, body.length)).isInstanceOf(InvalidBatchException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void refusal_leavesTheReaderUsable() {
        assertThatThrownBy(() -> read(batch(span("tags", "{\"k\":5}")))).isInstanceOf(InvalidBatchException.class);

        assertThat(read(batchOf(2))).hasSize(2);
    }
}
