package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanLifeTest {
    private final Talk talk = new Talk();

    private String say(String line) {
        return String.join("\n", talk.say(line));
    }

    @Test
    void everyMessageOfALife_takes5Milliseconds() {
        say("{'type':'create_span','name':'a'}");
        assertThat(say("{'type':'span_event','span_id':'span1','event':'e'}"))
                .isEqualTo("{'type':'event_added','span_id':'span1','event':'e','timestamp_us':10000}");
        say("{'type':'span_link','span_id':'span1','link':{'trace_id':'t','span_id':'s'}}");
        say("{'type':'span_event','span_id':'span1','event':'e'}");

        assertThat(say("{'type':'span_end','span_id':'span1','msg_id':9}"))
                .isEqualTo(
                        "{'type':'span_complete','in_reply_to':9,'span_id':'span1','duration_us':20000,'status':'OK'}");
    }

    /** There is one clock: a span lasts for as long as the messages of others took too. */
    @Test
    void spansThatOverlap_lastAsLongAsTheyAreOpen() {
        say("{'type':'create_span','name':'outer'}");
        say("{'type':'create_span','name':'inner'}");
        assertThat(say("{'type':'span_end','span_id':'span2'}")).contains("'duration_us':5000");
        assertThat(say("{'type':'span_end','span_id':'span1'}")).contains("'duration_us':15000");
    }

    @Test
    void nameThatIsAnId_isThatSpan_whateverMessagesWereNumbered() {
        say("{'type':'create_span','name':'a','msg_id':'span2'}");
        say("{'type':'create_span','name':'b','msg_id':'1'}");

        assertThat(say("{'type':'span_end','span_id':'span2'}")).contains("'duration_us':5000");
        assertThat(say("{'type':'span_end','span_id':'span1'}")).contains("'duration_us':15000");
    }

    @Test
    void messageThatIsRefused_takesNoTime() {
        say("{'type':'create_span','name':'a'}");
        say("{'type':'span_event','span_id':'span1'}");
        say("{'type':'span_event','span_id':'span7','event':'e'}");
        say("{'type':'span_end','span_id':'span1','status':'GOOD'}");
        say("{'type':'span_link','span_id':'span1','link':'span7'}");

        assertThat(say("{'type':'span_end','span_id':'span1'}")).contains("'duration_us':5000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SERVER", "CLIENT", "INTERNAL", "PRODUCER", "CONSUMER"})
    void kind_isToldBack(String kind) {
        assertThat(say("{'type':'create_span','name':'a','kind':'" + kind + "'}"))
                .isEqualTo("{'type':'span_created','span_id':'span1','kind':'" + kind + "'}");
    }

    @Test
    void answersToBareMessages_goToTheCreator() {
        say("{'src':'shop','dest':'tracer','body':{'type':'create_span','name':'a'}}");

        assertThat(say("{'type':'span_event','span_id':'span1','event':'e'}"))
                .startsWith("{'src':'tracer','dest':'shop','body':{'type':'event_added',");
        assertThat(say("{'type':'span_link','span_id':'span1','linked_trace_id':'t','linked_span_id':'s'}"))
                .isEqualTo("{'src':'tracer','dest':'shop','body':{'type':'link_added','span_id':'span1','links':1}}");
        assertThat(say("{'type':'span_end','span_id':'span1','msg_id':3}"))
                .startsWith("{'src':'tracer','dest':'shop','body':{'type':'span_complete','in_reply_to':3,");
    }

    @Test
    void answersToEnvelopes_goToTheSender() {
        say("{'type':'create_span','name':'a'}");
        assertThat(say("{'src':'other','dest':'tracer','body':{'type':'span_end','span_id':'span1'}}"))
                .startsWith("{'src':'tracer','dest':'other','body':{'type':'span_complete',");

        say("{'src':'shop','dest':'tracer','body':{'type':'create_span','name':'a'}}");
        assertThat(say("{'src':'other','dest':'tracer','body':{'type':'span_end','span_id':'span2'}}"))
                .startsWith("{'src':'tracer','dest':'other','body':{'type':'span_complete',");
    }

    @Test
    void span_canBeNamedByTheMessageThatCreatedIt() {
        say("{'type':'create_span','msg_id':7,'name':'a'}");
        say("{'type':'create_span','msg_id':'x','name':'b'}");

        assertThat(say("{'type':'span_event','span_id':7,'event':'e'}")).contains("'span_id':7,");
        assertThat(say("{'type':'span_event','span_id':'7','event':'e'}")).contains("'span_id':'7',");
        assertThat(say("{'type':'span_end','span_id':'span7'}")).contains("'span_id':'span7','duration_us':20000,");
        assertThat(say("{'type':'span_end','span_id':'x'}")).contains("'span_id':'x','duration_us':20000,");
        assertThat(say("{'type':'span_end','span_id':'span1'}")).as("of span 7").contains("'duration_us':20000,");
    }

    @Test
    void nameThatIsAnId_isThatSpan_whateverMessageCreatedAnother() {
        say("{'type':'create_span','msg_id':2,'name':'a'}");
        say("{'type':'create_span','msg_id':3,'name':'b','kind':'CLIENT'}");

        say("{'type':'span_error','span_id':'span2','error':'of b'}");
        assertThat(say("{'type':'span_end','span_id':3}")).contains("'error':'of b'");
        assertThat(say("{'type':'span_end','span_id':2}")).contains("'status':'OK'");
    }

    @Test
    void ofTwoMessagesOfOneNumber_theLastCounts() {
        say("{'type':'create_span','msg_id':9,'name':'a'}");
        say("{'type':'create_span','msg_id':9,'name':'b'}");

        say("{'type':'span_error','span_id':9,'error':'of b'}");
        assertThat(say("{'type':'span_end','span_id':'span2'}")).contains("'error':'of b'");
        assertThat(say("{'type':'span_end','span_id':'span1'}")).contains("'status':'OK'");
    }

    @Test
    void secondEnd_changesNothing() {
        say("{'type':'create_span','name':'a'}");
        String first = say("{'type':'span_error','span_id':'span1','error':'lost'}");
        assertThat(first).contains("'duration_us':5000,'status':'ERROR','error':'lost'");

        assertThat(say("{'type':'span_end','span_id':'span1'}")).isEqualTo(first);
        assertThat(say("{'type':'span_error','span_id':'span1','error':'again'}"))
                .isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '$',
            delimiter = ';',
            value = {"span_event; 'event':'e'", "span_link; 'link':'span1'"})
    void endedSpan_takesNothingMore(String type, String field) {
        say("{'type':'create_span','name':'a'}");
        say("{'type':'span_end','span_id':'span1'}");

        assertThat(say("{'type':'" + type + "','span_id':'span1'," + field + "}"))
                .isEqualTo("{'type':'error','code':22,'text':'span_id names a span that has ended: span1'}");
    }

    @ParameterizedTest
    @CsvSource({"OK", "ERROR", "UNSET"})
    void statusOfTheEnd_isToldBack(String status) {
        say("{'type':'create_span','name':'a'}");
        assertThat(say("{'type':'span_end','span_id':'span1','status':'" + status + "'}"))
                .isEqualTo("{'type':'span_complete','span_id':'span1','duration_us':5000,'status':'" + status + "'}");
    }

    @Test
    void endWithAnError_keepsIt() {
        say("{'type':'create_span','name':'a'}");
        assertThat(say("{'type':'span_end','span_id':'span1','status':'ERROR','error':'lost'}"))
                .contains("'status':'ERROR','error':'lost'}");
    }

    @Test
    void links_areOfOtherTraces_orOfSpansOfTheNode() {
        say("{'type':'create_span','name':'a'}");

        assertThat(say("{'type':'create_span','name':'b','links':['span1',{'trace_id':'t','span_id':'s'}]}"))
                .startsWith("{'type':'span_created','span_id':'span2'");
        assertThat(say("{'type':'span_link','span_id':'span2','linked_span_id':'span1'}"))
                .contains("'links':3");
        assertThat(say("{'type':'span_link','span_id':'span2','link':'span1'}")).contains("'links':4");
        assertThat(say("{'type':'create_span','name':'b','links':['span1','span9']}"))
                .isEqualTo("{'type':'error','code':20,'text':'links[1].span_id names no span: \\'span9\\''}");
    }

    /** As in OpenTelemetry, which drops what is more; here it is said. */
    @Test
    void spanIsFull_after128Events() {
        say("{'type':'create_span','name':'a'}");
        for (int i = 0; i < 128; i++) {
            assertThat(say("{'type':'span_event','span_id':'span1','event':'e'}"))
                    .contains("event_added");
        }
        assertThat(say("{'type':'span_event','span_id':'span1','event':'e'}"))
                .isEqualTo("{'type':'error','code':22,'text':'span1 has 128 events, and cannot have more'}");
    }

    @Test
    void oldestSpans_go() {
        Talk small = new Talk(100_000);
        for (int i = 0; i < 100; i++) {
            small.say("{'type':'create_span','msg_id':" + (1000 + i) + ",'name':'a'}");
        }

        assertThat(small.say("{'type':'span_end','span_id':'span1'}").get(0)).contains("'code':20");
        assertThat(small.say("{'type':'span_end','span_id':1000}").get(0)).contains("'code':20");
        assertThat(small.say("{'type':'span_end','span_id':'span100'}").get(0)).contains("span_complete");
        assertThat(small.say("{'type':'span_end','span_id':1098}").get(0)).contains("span_complete");
    }
}
