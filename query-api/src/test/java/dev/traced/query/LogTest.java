package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.logs.v1.LogRecord;
import org.junit.jupiter.api.Test;

class LogTest {
    @Test
    void severity_isThatOfTheNumber_orElseOfTheName() {
        LogRecord.Builder log = LogRecord.newBuilder().setSeverityText("error");

        assertThat(new Log("", "", log.build()).severity()).isEqualTo(17);
        assertThat(new Log("", "", log.setSeverityNumberValue(9).build()).severity())
                .isEqualTo(9);
        assertThat(new Log("", "", LogRecord.getDefaultInstance()).severity()).isZero();
    }
}
