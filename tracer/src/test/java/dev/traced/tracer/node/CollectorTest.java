package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectorTest {
    private final Talk talk = new Talk();

    private String say(String line) {
        return String.join("\n", talk.say(line));
    }

    private String span(String trace, String id, String parent) {
        return say(message(trace, id, parent));
    }

    private static String message(String trace, String id, String parent) {
        String field = parent == null ? "" : ",'parent_span_id':'" + parent + "'";
        return "{'type':'span','trace_id':'" + trace + "','span_id':'" + id + "','service':'shop'" + field + "}";
    }

    private static String complete(String trace, int spans) {
        return "{'type':'trace_complete','trace_id':'" + trace + "','span_count':" + spans + "}";
    }

    @Test
    void tracesThatInterleave_closeEachWithItsSpans() {
        span("a", "1", null);
        span("b", "1", null);
        span("b", "2", "1");
        span("a", "2", "1");
        span("b", "3", "2");

        assertThat(talk.quiet()).containsExactly(complete("a", 2), complete("b", 3));
        assertThat(talk.quiet()).as("once only").isEmpty();
    }

    @Test
    void children_mayComeBeforeTheirParents() {
        span("t", "3", "2");
        span("t", "2", "1");
        assertThat(talk.quiet()).isEmpty();

        span("t", "1", null);
        assertThat(talk.quiet()).containsExactly(complete("t", 3));
    }

    @Test
    void traceWithoutRoot_orWithAMissingParent_doesNotClose() {
        span("rootless", "2", "1");
        span("gap", "1", null);
        span("gap", "3", "2");
        span("own parent", "1", "1");

        assertThat(talk.quiet()).isEmpty();
        span("gap", "2", "1");
        assertThat(talk.quiet()).containsExactly(complete("gap", 3));
    }

    @Test
    void lateSpan_updatesATraceThatHasClosed() {
        assertThat(span("t", "1", null)).isEqualTo("{'type':'span_accepted','sampled':true}");
        assertThat(span("t", "2", "1")).isEqualTo("{'type':'span_accepted','sampled':true}");
        talk.quiet();

        assertThat(span("t", "3", "1")).isEqualTo("{'type':'span_accepted','sampled':true,'action':'update_trace'}");
        assertThat(span("t", "5", "4")).isEqualTo("{'type':'span_accepted','sampled':true,'action':'update_trace'}");
        assertThat(talk.quiet()).as("a parent is missing").isEmpty();
        span("t", "4", "1");
        assertThat(talk.quiet()).containsExactly(complete("t", 5));
    }

    @Test
    void spanThatComesTwice_countsOnce() {
        span("t", "1", null);
        span("t", "2", "1");
        span("t", "2", "1");

        assertThat(talk.quiet()).containsExactly(complete("t", 2));
    }

    @Test
    void traceThatIsComplete_isToldToWhoeverSentItsRoot() {
        say("{'src':'b','dest':'collector','body':" + message("t", "2", "1") + "}");
        say("{'src':'a','dest':'collector','body':" + message("t", "1", null) + "}");
        say("{'src':'c','dest':'collector','body':" + message("t", "3", "1") + "}");

        assertThat(talk.quiet()).containsExactly("{'src':'collector','dest':'a','body':" + complete("t", 3) + "}");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyTrace_isCountedWhole_whateverTheOrder(long seed) {
        Random random = new Random(seed);
        List<String> messages = new ArrayList<>();
        Map<String, Integer> expected = new HashMap<>();
        for (int trace = 0; trace < 200; trace++) {
            int spans = 1 + random.nextInt(20);
            expected.put("t" + trace, spans);
            for (int i = 0; i < spans; i++) {
                messages.add(message("t" + trace, "s" + i, i == 0 ? null : "s" + random.nextInt(i)));
            }
        }
        Collections.shuffle(messages, random);

        List<String> answers =
                Talk.run(String.join("\n", messages).replace('\'', '"').getBytes(StandardCharsets.UTF_8));

        assertThat(answers.stream()
                        .map(Talk::json)
                        .filter(answer -> answer.get("type").textValue().equals("trace_complete"))
                        .collect(Collectors.toMap(
                                answer -> answer.get("trace_id").textValue(),
                                answer -> answer.get("span_count").intValue())))
                .as("seed %d", seed)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0.1, 10", "0.5, 50", "1, 100"})
    void samplingRate_isThatOfTheMessage_inItsBodyOrBesideIt(double rate, int percent) {
        int traces = 2000;
        int kept = 0;
        for (int i = 0; i < traces; i++) {
            String span = message("t" + i, "1", null);
            String inside = "{'body':" + span.replaceFirst("}$", ",'sampling_rate':" + rate + "}") + "}";
            JsonNode answer = Talk.json(say(inside)).get("body");
            assertThat(Talk.json(say("{'body':" + span + ",'sampling_rate':" + rate + "}"))
                            .get("body"))
                    .isEqualTo(answer);
            kept += answer.get("sampled").booleanValue() ? 1 : 0;
            assertThat(answer.has("reason")).isEqualTo(!answer.get("sampled").booleanValue());
        }
        assertThat(kept * 100.0 / traces).isBetween(percent - 3.0, percent + 3.0);
        assertThat(talk.quiet()).as("what is not sampled is not collected").hasSize(kept);
    }

    @Test
    void rateInTheBody_goesBeforeTheOneBesideIt() {
        String span = message("t2", "1", null).replaceFirst("}$", ",'sampling_rate':0}");
        assertThat(say("{'body':" + span + ",'sampling_rate':1}")).contains("'reason':'Trace not sampled (0% rate)'");
    }

    @Test
    void spanThatComesAgainAndAgain_takesNoMoreRoom() {
        Talk small = new Talk(10_000);
        small.say("{'type':'span','trace_id':'other','span_id':'1','service':'web'}");
        for (int i = 0; i < 1000; i++) {
            assertThat(small.say("{'type':'span','trace_id':'a','span_id':'1','service':'web'}"))
                    .containsExactly("{'type':'span_accepted','sampled':true}");
        }

        assertThat(small.quiet()).hasSize(2);
    }

    @Test
    void query_countsTracesOfAService_withTheTimeTheirRootsTook() {
        say("{'type':'span','trace_id':'a','span_id':'1','service':'web','duration_ms':30}");
        say("{'type':'span','trace_id':'a','span_id':'2','parent_span_id':'1','service':'db','duration_ms':20}");
        say("{'type':'span','trace_id':'b','span_id':'1','service':'web','start_time':1000000,'end_time':46500000}");
        say("{'type':'span','trace_id':'c','span_id':'1','service':'other'}");

        assertThat(say("{'type':'query_traces','msg_id':1,'service':'web','time_range':'1h'}"))
                .isEqualTo("{'type':'query_results','in_reply_to':1,'traces':2,'avg_duration_ms':37.75}");
        assertThat(say("{'type':'query_traces','service':'db','time_range':'1h'}"))
                .isEqualTo("{'type':'query_results','traces':1,'avg_duration_ms':30}");
        assertThat(say("{'type':'query_traces','service':'none','time_range':'1h'}"))
                .isEqualTo("{'type':'query_results','traces':0,'avg_duration_ms':0}");
        assertThat(say("{'type':'query_traces'}")).contains("'traces':3");
    }

    /** 200 messages of spans are a second. */
    @Test
    void query_looksBackByTheClockOfTheNode() {
        span("t", "1", null);
        IntStream.range(0, 200).forEach(i -> say("{'type':'create_span','name':'a'}"));
        span("u", "1", null);

        assertThat(say("{'type':'query_traces','time_range':'999ms'}")).contains("'traces':1");
        assertThat(say("{'type':'query_traces','time_range':'1s'}")).contains("'traces':2");
        assertThat(say("{'type':'query_traces','time_range':'1m'}")).contains("'traces':2");
        assertThat(say("{'type':'query_traces','time_range':'999999999d'}")).contains("'traces':2");
    }

    @Test
    void oldestTraces_go_andCloseFirst() {
        Talk small = new Talk(100_000);
        List<String> closed = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            closed.addAll(small.say(message("t" + i, "1", null)));
        }
        closed.addAll(small.quiet());

        assertThat(closed)
                .filteredOn(answer -> answer.contains("trace_complete"))
                .hasSize(200)
                .doesNotHaveDuplicates();
        assertThat(small.say(message("t0", "2", "1")).get(0)).as("forgotten").doesNotContain("update_trace");
        assertThat(small.say(message("t199", "2", "1")).get(0)).contains("update_trace");
    }

    @Test
    void traceThatOutgrowsTheNode_isRefused() {
        Talk small = new Talk(100_000);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            answers.addAll(small.say(message("t", "s" + i, i == 0 ? null : "s0")));
        }

        assertThat(answers.get(299)).contains("'code':11", "trace_id names a trace that is too large for more: t");
        long taken = answers.stream()
                .filter(answer -> answer.contains("span_accepted"))
                .count();
        assertThat(small.quiet()).containsExactly(complete("t", (int) taken));
    }

    @Test
    void tree_isAsDeepAsItsLongestChain() {
        assertThat(
                        say(
                                "{'type':'reconstruct_trace','spans':[{'trace_id':'t','span_id':'4','parent':'2'},"
                                        + "{'trace_id':'t','span_id':'1'},{'trace_id':'t','span_id':'2','parent':'1'},"
                                        + "{'trace_id':'t','span_id':'3','parent_span_id':'1'},{'trace_id':'t','span_id':'3','parent':'1'}]}"))
                .isEqualTo("{'type':'trace_tree_ok','trace_id':'t','span_count':4,'depth':3}");
        assertThat(say("{'type':'reconstruct_trace','spans':[{'trace_id':'t','span_id':'2','parent':'gone'}]}"))
                .contains("'span_count':1,'depth':1");
        assertThat(say("{'type':'reconstruct_trace','spans':[{'trace_id':'t','span_id':'1','parent':'2'},"
                        + "{'trace_id':'t','span_id':'2','parent':'1'}]}"))
                .contains("'span_count':2,'depth':2");
    }

    @Test
    void treesOfSeveralTraces_areAnsweredEach() {
        assertThat(talk.say("{'type':'reconstruct_trace','msg_id':1,'spans':[{'trace_id':'t','span_id':'1'},"
                        + "{'trace_id':'u','span_id':'1'},{'trace_id':'t','span_id':'2','parent':'1'}]}"))
                .containsExactly(
                        "{'type':'trace_tree_ok','in_reply_to':1,'trace_id':'t','span_count':2,'depth':2}",
                        "{'type':'trace_tree_ok','in_reply_to':1,'trace_id':'u','span_count':1,'depth':1}");
    }

    @Test
    void chainOfThousands_isReadToItsEnd() {
        String spans = IntStream.range(0, 10_000)
                .mapToObj(i ->
                        "{'trace_id':'t','span_id':'s" + i + "'" + (i == 0 ? "" : ",'parent':'s" + (i - 1) + "'") + "}")
                .collect(Collectors.joining(","));
        assertThat(say("{'type':'reconstruct_trace','spans':[" + spans + "]}"))
                .contains("'span_count':10000,'depth':10000");
    }
}
