package dev.traced.tracer;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.time.Duration;
import java.util.List;

/** Names the setting that is out of its range; the SDK would say that "delay must be non-negative". */
final class SettingRanges {
    private static final List<String> AT_LEAST_1 = List.of(
            "otel.bsp.max.queue.size",
            "otel.bsp.max.export.batch.size",
            "otel.blrp.max.queue.size",
            "otel.blrp.max.export.batch.size");

    private static final List<String> DURATIONS = List.of(
            "otel.bsp.schedule.delay",
            "otel.bsp.export.timeout",
            "otel.blrp.schedule.delay",
            "otel.blrp.export.timeout",
            "otel.exporter.otlp.timeout",
            "otel.exporter.otlp.traces.timeout",
            "otel.exporter.otlp.logs.timeout");

    private SettingRanges() {}

    /** @throws ConfigurationException if one is out of its range */
    static void check(ConfigProperties config) {
        for (String name : AT_LEAST_1) {
            Integer value = config.getInt(name);
            check(name, config, value != null && value < 1, "must be 1 or more");
        }
        for (String name : DURATIONS) {
            Duration value = config.getDuration(name);
            check(name, config, value != null && value.isNegative(), "must not be negative");
        }
    }

    private static void check(String name, ConfigProperties config, boolean isWrong, String rule) {
        if (isWrong) {
            throw new ConfigurationException(name + " " + rule + ", was " + config.getString(name));
        }
    }

    /** With what its cause says, where the SDK only says that there was something. */
    static ConfigurationException told(ConfigurationException e) {
        String message = String.valueOf(e.getMessage());
        String reason = e.getCause() == null ? null : e.getCause().getMessage();
        return reason == null || message.contains(reason) ? e : new ConfigurationException(message + ": " + reason, e);
    }
}
