package dev.traced.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the logs of a trace: the values of records of topic {@code logs}, OTLP {@code LogsData} each, in the order they
 * arrived.
 *
 * @param next where the next page begins; null if this is the last one
 */
public record LogPage(List<byte[]> values, @Nullable LogPosition next) {
    public LogPage {
        values = List.copyOf(values);
    }
}
