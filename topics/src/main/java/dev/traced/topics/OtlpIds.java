package dev.traced.topics;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.traced.model.SpanId;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes of the value of a record of topic {@code spans} what OTLP allows: span ids of 8 bytes, and no fields of ours. Many
 * times cheaper than parsing the messages, since all else is copied. It goes over the value twice, since the length of a
 * message stands before it.
 */
public final class OtlpIds {
    private static final int TAG_TYPE_BITS = 3;
    private static final int MESSAGE = WireFormat.WIRETYPE_LENGTH_DELIMITED;

    /** The messages on the way to the fields of a span, from the outside. */
    private static final int[] WAY = {
        TracesData.RESOURCE_SPANS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE,
        ResourceSpans.SCOPE_SPANS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE,
        ScopeSpans.SPANS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE
    };

    private static final int SPAN_ID = Span.SPAN_ID_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int PARENT_SPAN_ID = Span.PARENT_SPAN_ID_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;

    private final byte[] value;

    /** How much shorter each message on the way becomes, in the order in which they begin. */
    private int[] savings = new int[16];

    private int messages;

    private OtlpIds(byte[] value) {
        this.value = value;
    }

    /**
     * The value with short ids; the same array if nothing has to change.
     *
     * @throws IllegalArgumentException if it is not {@code TracesData}
     */
    public static byte[] shortened(byte[] value) {
        try {
            OtlpIds ids = new OtlpIds(value);
            int saving = ids.measure(CodedInputStream.newInstance(value), 0);
            if (saving == 0) {
                return value;
            }
            byte[] shorter = new byte[value.length - saving];
            CodedOutputStream out = CodedOutputStream.newInstance(shorter);
            ids.messages = 0;
            ids.write(CodedInputStream.newInstance(value), out, 0);
            out.checkNoSpaceLeft();
            return shorter;
        } catch (IOException e) {
            throw new IllegalArgumentException("not OTLP TracesData: " + e.getMessage(), e);
        }
    }

    private int measure(CodedInputStream in, int level) throws IOException {
        if (level == WAY.length) {
            return measureSpan(in);
        }
        int saving = 0;
        while (!isAtEnd(in, level)) {
            int tag = in.readTag();
            if (tag != WAY[level]) {
                in.skipField(tag);
                continue;
            }
            int length = in.readRawVarint32();
            int message = messages++;
            int limit = in.pushLimit(length);
            int shorter = measure(in, level + 1);
            in.popLimit(limit);
            if (message >= savings.length) {
                savings = Arrays.copyOf(savings, Math.max(messages, 2 * message));
            }
            savings[message] = shorter;
            saving += shorter
                    + CodedOutputStream.computeUInt32SizeNoTag(length)
                    - CodedOutputStream.computeUInt32SizeNoTag(length - shorter);
        }
        return saving;
    }

    private static int measureSpan(CodedInputStream in) throws IOException {
        int saving = 0;
        while (in.getBytesUntilLimit() > 0) {
            int start = in.getTotalBytesRead();
            int tag = in.readTag();
            if (tag == SPAN_ID || tag == PARENT_SPAN_ID) {
                int length = in.readRawVarint32();
                in.skipRawBytes(length);
                saving += length == SpanId.BYTES ? SpanId.BYTES - Long.BYTES : 0;
            } else {
                in.skipField(tag);
                saving += isOurs(tag) ? in.getTotalBytesRead() - start : 0;
            }
        }
        return saving;
    }

    private void write(CodedInputStream in, CodedOutputStream out, int level) throws IOException {
        if (level == WAY.length) {
            writeSpan(in, out);
            return;
        }
        int copied = in.getTotalBytesRead();
        while (!isAtEnd(in, level)) {
            int start = in.getTotalBytesRead();
            int tag = in.readTag();
            if (tag != WAY[level]) {
                in.skipField(tag);
                continue;
            }
            copy(copied, start, out);
            int length = in.readRawVarint32();
            out.writeUInt32NoTag(tag);
            out.writeUInt32NoTag(length - savings[messages++]);
            int limit = in.pushLimit(length);
            write(in, out, level + 1);
            in.popLimit(limit);
            copied = in.getTotalBytesRead();
        }
        copy(copied, in.getTotalBytesRead(), out);
    }

    private void writeSpan(CodedInputStream in, CodedOutputStream out) throws IOException {
        int copied = in.getTotalBytesRead();
        while (in.getBytesUntilLimit() > 0) {
            int start = in.getTotalBytesRead();
            int tag = in.readTag();
            if (tag == SPAN_ID || tag == PARENT_SPAN_ID) {
                int length = in.readRawVarint32();
                if (length == SpanId.BYTES) {
                    copy(copied, start, out);
                    SpanId id = SpanId.from(ByteBuffer.wrap(value, in.getTotalBytesRead(), SpanId.BYTES));
                    out.writeUInt32NoTag(tag);
                    out.writeUInt32NoTag(Long.BYTES);
                    out.writeFixed64NoTag(Long.reverseBytes(id.to64Bits()));
                    in.skipRawBytes(length);
                    copied = in.getTotalBytesRead();
                } else {
                    in.skipRawBytes(length);
                }
            } else {
                in.skipField(tag);
                if (isOurs(tag)) {
                    copy(copied, start, out);
                    copied = in.getTotalBytesRead();
                }
            }
        }
        copy(copied, in.getTotalBytesRead(), out);
    }

    private void copy(int from, int to, CodedOutputStream out) throws IOException {
        out.writeRawBytes(value, from, to - from);
    }

    private static boolean isOurs(int tag) {
        int field = WireFormat.getTagFieldNumber(tag);
        return field == SpanEncoder.TAGS_ABSENT_FIELD || field == SpanEncoder.SHARED_FIELD;
    }

    private static boolean isAtEnd(CodedInputStream in, int level) throws IOException {
        return level == 0 ? in.isAtEnd() : in.getBytesUntilLimit() <= 0;
    }
}
