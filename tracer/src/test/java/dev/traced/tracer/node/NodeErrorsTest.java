package dev.traced.tracer.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong input is answered with an error that says what is wrong, and the node goes on. */
class NodeErrorsTest {
    private static final String STILL_THERE = "{\"type\":\"search_logs\",\"trace_id\":\"t\"}";

    private final Talk talk = new Talk();

    private String say(String line) {
        return String.join("\n", talk.say(line));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '$',
            delimiter = ';',
            value = {
                "{}; 12; type is missing",
                "{'type':5}; 12; type must be text, was 5",
                "{'type':null}; 12; type is missing",
                "{'type':'fly'}; 10; type is not known: fly",
                "{; 12; a message must be JSON: Unexpected end-of-input: expected close marker for Object",
                "[1,2]; 12; a message must be a JSON object, was [1,2]",
                "'text'; 12; a message must be a JSON object, was 'text'",
                "null; 12; a message must be a JSON object, was null",
                "{'src':5,'body':{'type':'log'}}; 12; src must be text, was 5",
                "{'type':'span','span_id':'1','service':'a'}; 12; trace_id is missing",
                "{'type':'span','trace_id':'t','service':'a'}; 12; span_id is missing",
                "{'type':'span','trace_id':'t','span_id':'1'}; 12; service is missing",
                "{'type':'span','trace_id':7,'span_id':'1','service':'a'}; 12; trace_id must be text, was 7",
                "{'type':'span','trace_id':'','span_id':'1','service':'a'}; 12; trace_id must be 1..1024 characters, had 0",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','parent_span_id':2}; 12; parent_span_id must be text, was 2",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','sampling_rate':1.5}; 12; sampling_rate must be a number of 0..1, was 1.5",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','sampling_rate':-0.1}; 12; sampling_rate must be a number of 0..1, was -0.1",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','sampling_rate':'0.1'}; 12; sampling_rate must be a number of 0..1, was '0.1'",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','start_time':9,'end_time':8}; 12; end_time must not be before start_time 9, was 8",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','start_time':1.5}; 12; start_time must be a whole number of 0..9223372036854775807, was 1.5",
                "{'type':'span','trace_id':'t','span_id':'1','service':'a','duration_ms':-1}; 12; duration_ms must be a number of 0..1000000000, was -1",
                "{'type':'query_traces','time_range':'1y'}; 12; time_range must be a whole number and ms, s, m, h or d, such as 1h, was '1y'",
                "{'type':'query_traces','time_range':60}; 12; time_range must be text, was 60",
                "{'type':'create_span'}; 12; name is missing",
                "{'type':'create_span','name':'a','kind':'server'}; 12; kind must be one of INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER, was 'server'",
                "{'type':'create_span','name':'a','links':{}}; 12; links must be an array, was {}",
                "{'type':'create_span','name':'a','links':[3]}; 12; links[0] must be an object, was 3",
                "{'type':'create_span','name':'a','links':[{'trace_id':'t'}]}; 12; links[0].span_id is missing",
                "{'type':'span_event','span_id':'span1'}; 12; event is missing",
                "{'type':'span_event','event':'e'}; 12; span_id is missing",
                "{'type':'span_event','span_id':'span1','event':'e'}; 20; span_id names no span: 'span1'",
                "{'type':'span_link','span_id':'span1'}; 12; linked_span_id is missing",
                "{'type':'span_end','span_id':4}; 20; span_id names no span: 4",
                "{'type':'span_end','span_id':4.5}; 12; span_id must be text, was 4.5",
                "{'type':'span_end','span_id':'span1','status':'GOOD'}; 12; status must be one of UNSET, OK, ERROR, was 'GOOD'",
                "{'type':'span_error','span_id':'span1'}; 12; error is missing",
                "{'type':'parse_traceparent'}; 12; traceparent is missing",
                "{'type':'generate_traceparent','span_id':'s'}; 12; trace_id is missing",
                "{'type':'generate_traceparent','trace_id':'t'}; 12; parent_span_id is missing",
                "{'type':'generate_traceparent','trace_id':'a-b','span_id':'s'}; 12; trace_id must have no dash, was 'a-b'",
                "{'type':'generate_traceparent','trace_id':'t','span_id':'s','sampled':'yes'}; 12; sampled must be true or false, was 'yes'",
                "{'type':'reconstruct_trace'}; 12; spans is missing",
                "{'type':'reconstruct_trace','spans':[]}; 12; spans must have a span, had none",
                "{'type':'reconstruct_trace','spans':[{'trace_id':'t','span_id':'1'},{'trace_id':'t'}]}; 12; spans[1].span_id is missing",
                "{'type':'instrument_service'}; 12; services is missing",
                "{'type':'instrument_service','services':[]}; 12; services must be 1..100 services, had 0",
                "{'type':'instrument_service','services':['a',5]}; 12; services[1] must be text of 1..1024 characters, was 5",
                "{'type':'instrument_service','services':['a'],'auto':1}; 12; auto must be true or false, was 1",
                "{'type':'manual_instrument'}; 12; code is missing",
                "{'type':'http_request','headers':5}; 12; headers must be an object, was 5",
                "{'type':'http_request','headers':{'traceparent':5}}; 12; headers.traceparent must be text, was 5",
                "{'type':'log','trace_id':'t'}; 12; message is missing",
                "{'type':'log','message':'m'}; 12; trace_id is missing",
                "{'type':'search_logs'}; 12; trace_id is missing",
            })
    void wrongMessage_isAnsweredWithTheFieldAndTheValue(String line, int code, String text) {
        assertThat(say(line))
                .isEqualTo("{'type':'error','code':" + code + ",'text':'" + text.replace("'", "\\'") + "'}");
        assertThat(say(STILL_THERE)).contains("search_results");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{'type':'log'",
                "{'type':'log'} {}",
                "{'type':'log','type':'span'}",
                "{type:'log'}",
                "{'n':NaN}",
                "{'n':01}",
                "\u0000",
                "}",
                "nonsense",
            })
    void brokenJson_isAnError_fromNobodyKnown(String line) {
        assertThat(say(line)).startsWith("{'type':'error','code':12,'text':'a message must be JSON: ");
        assertThat(say(STILL_THERE)).contains("search_results");
    }

    @Test
    void error_goesBackInTheEnvelope_withTheNumberOfTheMessage() {
        assertThat(say("{'src':'a','dest':'b','body':{'type':'fly','msg_id':3}}"))
                .isEqualTo("{'src':'b','dest':'a','body':{'type':'error','in_reply_to':3,'code':10,"
                        + "'text':'type is not known: fly'}}");
        assertThat(say("{'src':'a','dest':'b','body':[]}"))
                .isEqualTo(
                        "{'src':'b','dest':'a','body':{'type':'error','code':12,'text':'body must be an object, was []'}}");
        assertThat(say("{'type':'fly','msg_id':3}")).startsWith("{'type':'error','in_reply_to':3,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5", "'five'", "1.50", "123456789012345678901234567890", "true", "[1,{'a':[]}]", "1E+999999999"})
    void msgId_isRepeatedAsItCame(String msgId) {
        assertThat(say("{'type':'log','msg_id':" + msgId + ",'message':'m','trace_id':'t'}"))
                .isEqualTo("{'type':'log_ok','in_reply_to':" + msgId + "}");
    }

    @Test
    void envelopeWithoutSenderOrReceiver_isAnsweredInOne() {
        assertThat(say("{'body':{'type':'search_logs','trace_id':'t'}}"))
                .startsWith("{'body':{'type':'search_results',");
        assertThat(say("{'src':'a','body':{'type':'search_logs','trace_id':'t'}}"))
                .startsWith("{'dest':'a','body':");
    }

    @Test
    void blankLines_sayNothing() {
        assertThat(talk.say("")).isEmpty();
        assertThat(talk.say(" \t\r")).isEmpty();
        assertThat(say("  " + STILL_THERE + "\r")).contains("search_results");
    }

    @Test
    void nesting_isBounded() {
        assertThat(say("{'msg_id':" + "[".repeat(99) + "]".repeat(99) + ",'type':'fly'}"))
                .contains("type is not known");
        assertThat(say("{'msg_id':" + "[".repeat(100) + "]".repeat(100) + ",'type':'fly'}"))
                .contains("must be JSON");
        assertThat(say("[".repeat(500_000))).contains("must be JSON");
    }

    @Test
    void longLine_isOneError_andItsRestIsThrownAway() {
        String line = "{\"type\":\"log\",\"message\":\"" + "x".repeat(3 << 20) + "\",\"trace_id\":\"t\"}\n";

        assertThat(Talk.run((line + STILL_THERE + "\n" + line).getBytes(UTF_8)))
                .containsExactly(
                        "{\"type\":\"error\",\"code\":12,\"text\":\"a message must be at most 1048576 bytes, was longer\"}",
                        "{\"type\":\"search_results\",\"logs\":[]}",
                        "{\"type\":\"error\",\"code\":12,\"text\":\"a message must be at most 1048576 bytes, was longer\"}");
    }

    @ParameterizedTest
    @CsvSource({"1048576, log_ok", "1048577, 1048576 bytes"})
    void line_mayHaveAMebibyte(int bytes, String answer) {
        String around = "{\"type\":\"log\",\"trace_id\":\"t\",\"message\":\"\"}";
        String line = around.replace("\"\"", '"' + "x".repeat(bytes - around.length()) + '"');

        assertThat(Talk.run((line + "\n").getBytes(UTF_8)))
                .singleElement()
                .asString()
                .contains(answer);
    }

    @Test
    void lastLine_needsNoEnd() {
        assertThat(Talk.run((STILL_THERE + "\n" + STILL_THERE).getBytes(UTF_8))).hasSize(2);
        assertThat(Talk.run(new byte[0])).isEmpty();
    }

    @Test
    void bytesThatAreNoUtf8_areAnError() {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes("{\"type\":\"log\",\"trace_id\":\"t\",\"message\":\"".getBytes(UTF_8));
        input.write(0xC0);
        input.write(0xAF);
        input.writeBytes(("\"}\n" + STILL_THERE).getBytes(UTF_8));

        assertThat(Talk.run(input.toByteArray()))
                .containsExactly(
                        "{\"type\":\"error\",\"code\":12,\"text\":\"a message must be UTF-8\"}",
                        "{\"type\":\"search_results\",\"logs\":[]}");
    }

    @Test
    void anyText_comesBackAsItWas() {
        for (String text : List.of("Größe 🦆", "\\u0000\\n\\t", "\\ud800", "\u2028")) {
            say("{'type':'log','message':'" + text + "','trace_id':'" + text + "'}");
            assertThat(say("{'type':'search_logs','trace_id':'" + text + "'}"))
                    .contains("'message':'" + text.replace("\\ud800", "?") + "'");
        }
    }

    /** Lines that were cut, doubled and mixed up: each gets its answers, none ends the node. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noise_neverEndsTheNode(long seed) {
        Random random = new Random(seed);
        byte[] good = ("{\"src\":\"a\",\"dest\":\"b\",\"body\":{\"type\":\"create_span\",\"msg_id\":1,\"name\":\"x\","
                        + "\"links\":[{\"trace_id\":\"t\",\"span_id\":\"s\"}],\"kind\":\"CLIENT\"}}")
                .getBytes(UTF_8);
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        for (int i = 0; i < 5000; i++) {
            byte[] line = Arrays.copyOf(good, random.nextInt(10) == 0 ? random.nextInt(good.length) : good.length);
            for (int changes = random.nextInt(4); changes > 0 && line.length > 0; changes--) {
                line[random.nextInt(line.length)] = (byte) random.nextInt(256);
            }
            input.writeBytes(line);
            input.write('\n');
        }
        input.writeBytes(STILL_THERE.getBytes(UTF_8));

        List<String> answers = Talk.run(input.toByteArray());

        assertThat(answers).as("seed %d", seed).noneMatch(answer -> answer.contains("\"code\":13"));
        assertThat(answers)
                .filteredOn(answer -> answer.contains("span_created"))
                .hasSizeGreaterThan(1000);
        assertThat(answers).filteredOn(answer -> answer.contains("\"code\":12")).hasSizeGreaterThan(1000);
        assertThat(answers.get(answers.size() - 1)).contains("search_results");
    }
}
