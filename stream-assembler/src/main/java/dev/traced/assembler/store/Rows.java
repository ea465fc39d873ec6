package dev.traced.assembler.store;

import dev.traced.model.LogPosition;
import dev.traced.model.TraceId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The keys of a partition's rows. All numbers are big-endian, so that byte order is the order we read in.
 *
 * <pre>
 * 01 chunk   | bucket u32 | trace 16 | offset u64 | further u8
 *                                                    the spans one record brought, as they came
 * 02 head    | trace 16                              what is known of the trace as a whole; bounded
 * 03 root    | ~start i64 | trace 16                 a line of the list, newest first; follows from the head, not logged
 * 04 closed  |                                      up to when traces that fell silent have been closed
 * 05 span    | trace 16   | span 16                  a span id that found no room in the head
 * 06 log     | trace 16   | bucket u32 | offset u64  the logs of a trace one record brought, as they came
 * 07 logs of | bucket u32 | trace 16   | offset u64  which logs a bucket has; follows from 06, not logged
 * 08 closing | trace 16                              what was seen when the trace closed last
 * 09 dropped | trace 16                              no list shows the trace; follows from head and closing, not logged
 * F0 evicted | bucket u32                            in the changelog only: the bucket was evicted at that time
 * </pre>
 *
 * The bucket is the ten seconds in which the broker appended the record, so that a redelivered record has the same key
 * and everything of one age lies together. The offset is the record's, which tells which of two spans came later. Further
 * is 1 if some of its spans have rows of their own, which go when the chunk goes.
 */
final class Rows {
    static final byte CHUNK = 0x01;
    static final byte HEAD = 0x02;
    static final byte ROOT = 0x03;
    static final byte CLOSED = 0x04;
    static final byte SPAN = 0x05;
    static final byte LOG = 0x06;
    static final byte LOGS_OF = 0x07;
    static final byte CLOSING = 0x08;
    static final byte DROPPED = 0x09;
    static final byte EVICTED = (byte) 0xF0;

    static final long BUCKET_MS = 10_000;
    static final int CHUNK_KEY_BYTES = 1 + Integer.BYTES + TraceId.BYTES + Long.BYTES + 1;
    private static final int OFFSET_AT = 1 + Integer.BYTES + TraceId.BYTES;

    private Rows() {}

    static int bucket(long appendTimeMs) {
        return (int) (appendTimeMs / BUCKET_MS);
    }

    static long endOfBucketMs(int bucket) {
        return (bucket + 1) * BUCKET_MS;
    }

    static byte[] chunk(int bucket, TraceId trace, long offset, boolean further) {
        return ByteBuffer.allocate(CHUNK_KEY_BYTES)
                .put(CHUNK)
                .putInt(bucket)
                .putLong(trace.high())
                .putLong(trace.low())
                .putLong(offset)
                .put((byte) (further ? 1 : 0))
                .array();
    }

    /** What the keys of all chunks of a trace in a bucket begin with. */
    static byte[] chunkPrefix(int bucket, TraceId trace) {
        return Arrays.copyOf(chunk(bucket, trace, 0, false), OFFSET_AT);
    }

    /** The first key a chunk of the bucket could have. */
    static byte[] chunksFrom(int bucket) {
        return ByteBuffer.allocate(1 + Integer.BYTES).put(CHUNK).putInt(bucket).array();
    }

    /** Of a chunk, a row that tells of logs, or a bucket that was evicted. */
    static int bucketOf(byte[] chunkKey) {
        return ByteBuffer.wrap(chunkKey).getInt(1);
    }

    static TraceId traceOfChunk(byte[] chunkKey) {
        return TraceId.from(ByteBuffer.wrap(chunkKey).position(1 + Integer.BYTES));
    }

    static long offsetOf(byte[] chunkKey) {
        return ByteBuffer.wrap(chunkKey).getLong(OFFSET_AT);
    }

    static boolean hasFurther(byte[] chunkKey) {
        return chunkKey[CHUNK_KEY_BYTES - 1] != 0;
    }

    static byte[] head(TraceId trace) {
        return ByteBuffer.allocate(1 + TraceId.BYTES)
                .put(HEAD)
                .putLong(trace.high())
                .putLong(trace.low())
                .array();
    }

    /** Of a head or a closing. */
    static TraceId traceOfHead(byte[] headKey) {
        return TraceId.from(ByteBuffer.wrap(headKey).position(1));
    }

    static byte[] root(long startNanos, TraceId trace) {
        return ByteBuffer.allocate(1 + Long.BYTES + TraceId.BYTES)
                .put(ROOT)
                .putLong(descending(startNanos))
                .putLong(trace.high())
                .putLong(trace.low())
                .array();
    }

    /** The first key a root that starts at {@code startNanos} or earlier could have. */
    static byte[] rootsFrom(long startNanos) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(ROOT)
                .putLong(descending(startNanos))
                .array();
    }

    static long startOf(byte[] rootKey) {
        return descending(ByteBuffer.wrap(rootKey).getLong(1));
    }

    static TraceId traceOfRoot(byte[] rootKey) {
        return TraceId.from(ByteBuffer.wrap(rootKey).position(1 + Long.BYTES));
    }

    static byte[] closing(TraceId trace) {
        byte[] key = head(trace);
        key[0] = CLOSING;
        return key;
    }

    static byte[] dropped(TraceId trace) {
        byte[] key = head(trace);
        key[0] = DROPPED;
        return key;
    }

    static byte[] closed() {
        return new byte[] {CLOSED};
    }

    static byte[] span(TraceId trace, long spanIdHigh, long spanIdLow) {
        return ByteBuffer.allocate(1 + 2 * TraceId.BYTES)
                .put(SPAN)
                .putLong(trace.high())
                .putLong(trace.low())
                .putLong(spanIdHigh)
                .putLong(spanIdLow)
                .array();
    }

    static byte[] log(TraceId trace, int bucket, long offset) {
        return ByteBuffer.allocate(1 + TraceId.BYTES + Integer.BYTES + Long.BYTES)
                .put(LOG)
                .putLong(trace.high())
                .putLong(trace.low())
                .putInt(bucket)
                .putLong(offset)
                .array();
    }

    /** What the keys of all logs of a trace begin with. */
    static byte[] logPrefix(TraceId trace) {
        return Arrays.copyOf(log(trace, 0, 0), 1 + TraceId.BYTES);
    }

    static int bucketOfLog(byte[] logKey) {
        return ByteBuffer.wrap(logKey).getInt(1 + TraceId.BYTES);
    }

    static LogPosition positionOfLog(byte[] logKey) {
        return new LogPosition(bucketOfLog(logKey), ByteBuffer.wrap(logKey).getLong(1 + TraceId.BYTES + Integer.BYTES));
    }

    /** The first key that a row of this kind could have in the bucket. */
    static byte[] logsOf(int bucket) {
        return ByteBuffer.allocate(1 + Integer.BYTES)
                .put(LOGS_OF)
                .putInt(bucket)
                .array();
    }

    /** The row that tells of this log; what it holds is nothing but its key. */
    static byte[] logsOf(byte[] logKey) {
        ByteBuffer key = ByteBuffer.wrap(logKey, 1, logKey.length - 1);
        long high = key.getLong();
        long low = key.getLong();
        return ByteBuffer.allocate(logKey.length)
                .put(LOGS_OF)
                .putInt(key.getInt())
                .putLong(high)
                .putLong(low)
                .putLong(key.getLong())
                .array();
    }

    /** The log that such a row tells of. */
    static byte[] logOf(byte[] logsOfKey) {
        ByteBuffer key = ByteBuffer.wrap(logsOfKey, 1, logsOfKey.length - 1);
        int bucket = key.getInt();
        return log(TraceId.from(key), bucket, key.getLong());
    }

    static byte[] evicted(int bucket) {
        return ByteBuffer.allocate(1 + Integer.BYTES)
                .put(EVICTED)
                .putInt(bucket)
                .array();
    }

    /** Turns signed ascending order into unsigned descending order; its own inverse. */
    private static long descending(long startNanos) {
        return ~(startNanos ^ Long.MIN_VALUE);
    }
}
