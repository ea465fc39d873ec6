package dev.traced.ingest.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.OverloadedException;
import dev.traced.ingest.body.TooLargeException;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * How many messages a request holds, nested ones included: an empty one takes two bytes of a body and a hundred of memory, so
 * that bytes alone are no limit. Counted before anything is built.
 */
final class MessageCount {
    /** Some 20,000 spans of ten attributes. */
    static final int MAX = 500_000;

    /** A request of more than this is one of few at a time. */
    private static final int LARGE = 50_000;

    private static final Semaphore LARGE_REQUESTS = new Semaphore(2);
    private static final int MAX_DEPTH = 100;

    private MessageCount() {}

    /** Reads a request of that many messages. */
    interface Read<T> {
        T run() throws IOException;
    }

    /**
     * Reads what is not too much.
     *
     * @throws TooLargeException if it is more than {@link #MAX}
     * @throws OverloadedException if it is large and there is no room for it now
     */
    static <T> T bounded(int messages, Read<T> read) throws IOException {
        if (messages > MAX) {
            throw new TooLargeException("a request must hold at most " + MAX + " messages, attributes included");
        }
        if (messages <= LARGE) {
            return read.run();
        }
        if (!LARGE_REQUESTS.tryAcquire()) {
            throw new OverloadedException("too many large requests at a time");
        }
        try {
            return read.run();
        } finally {
            LARGE_REQUESTS.release();
        }
    }

    /** Of a message of this type; counting stops beyond {@link #MAX}. */
    static int protobuf(byte[] bytes, int length, Descriptor type) throws IOException {
        try {
            return count(CodedInputStream.newInstance(bytes, 0, length), type, 0, 1);
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidBatchException("the body is not " + type.getFullName() + ": " + e.getMessage());
        }
    }

    private static int count(CodedInputStream in, Descriptor type, int before, int depth) throws IOException {
        int messages = before + 1;
        while (messages <= MAX && in.getBytesUntilLimit() != 0 && !in.isAtEnd()) {
            int tag = in.readTag();
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            boolean isMessage = field != null
                    && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (isMessage && depth < MAX_DEPTH) {
                int limit = in.pushLimit(in.readRawVarint32());
                messages = count(in, field.getMessageType(), messages, depth + 1);
                if (messages > MAX) {
                    return messages;
                }
                in.popLimit(limit);
            } else {
                in.skipField(tag);
            }
        }
        return messages;
    }

    /** Never fewer than there are: the braces that could open one. */
    static int json(byte[] bytes, int length) {
        int braces = 0;
        for (int i = 0; i < length; i++) {
            braces += bytes[i] == '{' ? 1 : 0;
        }
        return braces;
    }
}
