package dev.traced.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka Streams makes of our settings, where another value would lose spans in a case that no other test meets. */
class AssemblerConfigTest {
    @TempDir
    Path stateDir;

    @Test
    void firstStart_beginsWithWhatIsThere_andChangelogIsDurable() {
        StreamsConfig streams =
                new StreamsConfig(AssemblerTestDriver.config(stateDir).streams());
        Map<String, Object> consumer = streams.getMainConsumerConfigs("group", "client", 1);
        Map<String, Object> producer = streams.getProducerConfigs("client");

        assertThat(consumer).containsEntry("auto.offset.reset", "earliest");
        assertThat(String.valueOf(consumer.get("enable.auto.commit"))).isEqualTo("false");
        assertThat(producer).containsEntry("acks", "all").containsEntry("delivery.timeout.ms", Integer.MAX_VALUE);
        assertThat(streams.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG)).isEqualTo(StreamsConfig.AT_LEAST_ONCE);
    }
}
