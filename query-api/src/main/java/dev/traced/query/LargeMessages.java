package dev.traced.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Parses messages, large ones one at a time: an empty message takes two bytes and parsed it takes fifty, so that a log of half
 * a megabyte, which is what the gateway takes, is 13 of them.
 */
final class LargeMessages {
    /** Parsed, what is smaller takes about a megabyte at most. */
    static final int LARGE_BYTES = 32 << 10;

    private static final ReentrantLock LARGE = new ReentrantLock();

    private LargeMessages() {}

    /** Reads a message, and does not keep it. */
    interface Use<M, T, E extends Exception> {
        T of(M message) throws E;
    }

    /** @throws IllegalArgumentException if the bytes are something else */
    static <M, T, E extends Exception> T read(ByteString bytes, Parser<M> parser, Use<? super M, T, E> use) throws E {
        if (bytes.size() < LARGE_BYTES) {
            return use.of(parse(bytes, parser));
        }
        LARGE.lock();
        try {
            return use.of(parse(bytes, parser));
        } finally {
            LARGE.unlock();
        }
    }

    private static <M> M parse(ByteString bytes, Parser<M> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not OTLP: " + e.getMessage(), e);
        }
    }
}
