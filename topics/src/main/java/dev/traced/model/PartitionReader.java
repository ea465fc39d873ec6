package dev.traced.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the partitions that one assembler owns, in this process or another. Every read waits until the owner has applied
 * the record at the offset given for a partition, so that it shows everything acknowledged before the offset was asked for.
 */
public interface PartitionReader {
    /**
     * The partitions that can be read here now.
     *
     * @throws NotReadableException if the assembler cannot be asked
     */
    Set<Integer> readable();

    /**
     * The newest traces of all the partitions given, and how many there are in them.
     *
     * @param offsets for each partition the offset to wait for
     * @throws NotReadableException if one of the partitions cannot be read here within the time: all or nothing
     */
    TracePage list(TraceQuery query, Map<Integer, Long> offsets, Duration timeout);

    /**
     * How many traces of all the partitions given started when, and how long they took.
     *
     * @param offsets for each partition the offset to wait for
     * @throws NotReadableException if one of the partitions cannot be read here within the time: all or nothing
     */
    TraceOverview overview(OverviewQuery query, Map<Integer, Long> offsets, Duration timeout);

    /**
     * What traces of a comparison have, one sample of each of the partitions given.
     *
     * @param most so many traces of each side are looked into in each partition
     * @param offsets for each partition the offset to wait for
     * @throws NotReadableException if one of the partitions cannot be read here within the time: all or nothing
     */
    List<TraitSample> compare(CompareQuery query, int most, Map<Integer, Long> offsets, Duration timeout);

    /**
     * Statistics of all the partitions given together.
     *
     * @param offsets for each partition the offset to wait for
     * @throws NotReadableException if one of the partitions cannot be read here within the time: all or nothing
     */
    StatsPage stats(StatsQuery query, Map<Integer, Long> offsets, Duration timeout);

    /**
     * OTLP {@code TracesData} whose concatenation is all that arrived of a trace, in that order; none if the trace is
     * unknown or not visible at {@code nowNanos}.
     *
     * @throws NotReadableException if the partition cannot be read here within the time
     * @throws TraceDroppedException if tail sampling dropped it
     * @throws TraceTooLargeException if there is more of it than is read into memory at a time
     */
    List<byte[]> spans(TraceId traceId, long nowNanos, int partition, long offset, Duration timeout);

    /**
     * The logs of a trace from a position on, as many as are read into memory at a time. Pages follow one another without a
     * gap, whoever owned the partition when it was asked for each.
     *
     * @param offset of topic {@code logs}, to wait for
     * @throws NotReadableException if the partition cannot be read here within the time
     */
    LogPage logs(TraceId traceId, LogPosition from, int partition, long offset, Duration timeout);
}
