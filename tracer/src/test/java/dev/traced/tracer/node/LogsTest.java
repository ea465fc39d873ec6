package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LogsTest {
    private final Talk talk = new Talk();

    private String say(String line) {
        return String.join("\n", talk.say(line));
    }

    @Test
    void logs_areFoundByTheirTrace_inTheOrderTheyCame() {
        say("{'type':'log','service':'web','message':'1','trace_id':'t'}");
        say("{'type':'log','service':'db','message':'2','trace_id':'t'}");
        say("{'type':'log','service':'db','message':'2','trace_id':'t'}");
        say("{'type':'log','message':'3','trace_id':'u'}");

        assertThat(say("{'type':'search_logs','trace_id':'t'}"))
                .isEqualTo("{'type':'search_results','logs':["
                        + "{'service':'web','message':'1','trace_id':'t'},{'service':'db','message':'2','trace_id':'t'},"
                        + "{'service':'db','message':'2','trace_id':'t'}]}");
        assertThat(say("{'type':'search_logs','trace_id':'none'}")).isEqualTo("{'type':'search_results','logs':[]}");
    }

    @Test
    void oldestLogs_go() {
        Talk small = new Talk(100_000);
        for (int i = 0; i < 100; i++) {
            small.say("{'type':'log','message':'m" + i + "','trace_id':'t" + i % 2 + "'}");
        }
        List<String> found = small.say("{'type':'search_logs','trace_id':'t1'}");
        assertThat(found.get(0)).doesNotContain("'m1'", "'m51'").contains("'m97'", "'m99'");
        assertThat(small.say("{'type':'log','message':'" + "x".repeat(50_000) + "','trace_id':'t1'}")
                        .get(0))
                .contains("'code':11");
        assertThat(small.say("{'type':'search_logs','trace_id':'t1'}")).isEqualTo(found);
    }
}
