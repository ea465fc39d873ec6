package dev.traced.tracer.instrument.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import org.junit.jupiter.api.Test;

class LoggersTest {
    @Test
    void loggers_areTheSdks_ofWhichNoMoreAreKeptThanThereIsRoomFor() {
        try (SdkLoggerProvider provider = SdkLoggerProvider.builder().build()) {
            Loggers loggers = new Loggers(provider);
            for (int i = 0; i <= Loggers.MAX_KEPT; i++) {
                assertThat(loggers.get("shop." + i)).isSameAs(provider.get("shop." + i));
                assertThat(loggers.get("shop." + i)).isSameAs(provider.get("shop." + i));
            }

            assertThat(loggers.kept()).isEqualTo(Loggers.MAX_KEPT);
        }
    }
}
