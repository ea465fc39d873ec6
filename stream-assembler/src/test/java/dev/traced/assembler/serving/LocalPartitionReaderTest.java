package dev.traced.assembler.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.NotReadableException;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.query.FailureReason;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.apache.kafka.streams.query.StateQueryResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition that has just gone is no partition without traces. */
class LocalPartitionReaderTest {
    private static final TraceQuery ALL = new TraceQuery(10, 0, Long.MAX_VALUE, 0);
    private static final TracePage PAGE =
            new TracePage(List.of(new TraceSummary(new TraceId(0, 1), "shop", "buy", 1, 2, 1, SpanStatus.OK)), 1);

    @TempDir
    Path stateDir;

    private final StateQueryResult<Object> answers = new StateQueryResult<>();
    private KafkaStreams streams;

    @BeforeEach
    void start() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        streams = new KafkaStreams(new Topology().addSource("source", "topic"), config) {
            @Override
            @SuppressWarnings("unchecked")
            public <R> StateQueryResult<R> query(StateQueryRequest<R> request) {
                return (StateQueryResult<R>) answers;
            }
        };
    }

    @AfterEach
    void stop() {
        streams.close(Duration.ofSeconds(5));
    }

    @Test
    void list_ofAPartitionThatIsNotHere_isNoShortList() {
        answers.addResult(0, QueryResult.forResult(PAGE));

        assertThat(reader().list(ALL, Map.of(0, 1L), Duration.ZERO)).isEqualTo(PAGE);
        assertThatThrownBy(() -> reader().list(ALL, Map.of(0, 1L, 1, 1L), Duration.ZERO))
                .isInstanceOf(NotReadableException.class)
                .hasMessageContaining("partition 1");
    }

    @Test
    void list_ofAPartitionThatFails_isNoShortList() {
        answers.addResult(0, QueryResult.forResult(PAGE));
        answers.addResult(1, QueryResult.forFailure(FailureReason.NOT_UP_TO_BOUND, "behind"));

        assertThatThrownBy(() -> reader().list(ALL, Map.of(0, 1L, 1, 1L), Duration.ZERO))
                .isInstanceOf(NotReadableException.class)
                .hasMessageContaining("behind");
    }

    @Test
    void spans_ofAPartitionThatIsNotHere_areNotUnknown() {
        assertThatThrownBy(() -> reader().spans(new TraceId(0, 1), 0, 1, 1, Duration.ZERO))
                .isInstanceOf(NotReadableException.class)
                .hasMessageContaining("partition 1");
    }

    private LocalPartitionReader reader() {
        return new LocalPartitionReader(streams, "traces");
    }
}
