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

    /** What an edit of an id, and of a field that is left out, has in place of a message's new length. */
    private static final int ID = -1;

    private static final int LEFT_OUT = -2;
    private static final int INTS_AN_EDIT = 3;

    private final byte[] value;

    /** What changes, in the order of the value: from where, to where, and the new length of the message that begins here. */
    private int[] edits = new int[48];

    private int used;

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
            int saving = ids.find(CodedInputStream.newInstance(value), 0);
            return saving == 0 ? value : ids.edited(value.length - saving);
        } catch (IOException e) {
            throw new IllegalArgumentException("not OTLP TracesData: " + e.getMessage(), e);
        }
    }

    /** Finds the edits of a message, and returns by how much it becomes shorter. */
    private int find(CodedInputStream in, int level) throws IOException {
        if (level == WAY.length) {
            return findInSpan(in);
        }
        int saving = 0;
        while (!isAtEnd(in, level)) {
            int tag = in.readTag();
            if (tag != WAY[level]) {
                in.skipField(tag);
                continue;
            }
            int start = in.getTotalBytesRead();
            int length = in.readRawVarint32();
            int edit = edit(start, in.getTotalBytesRead(), length);
            int limit = in.pushLimit(length);
            int shorter = find(in, level + 1);
            in.popLimit(limit);
            edits[edit] = length - shorter;
            saving += shorter
                    + CodedOutputStream.computeUInt32SizeNoTag(length)
                    - CodedOutputStream.computeUInt32SizeNoTag(length - shorter);
        }
        return saving;
    }

    private int findInSpan(CodedInputStream in) throws IOException {
        int saving = 0;
        while (in.getBytesUntilLimit() > 0) {
            int start = in.getTotalBytesRead();
            int tag = in.readTag();
            if (tag == SPAN_ID || tag == PARENT_SPAN_ID) {
                int lengthAt = in.getTotalBytesRead();
                int length = in.readRawVarint32();
                in.skipRawBytes(length);
                if (length == SpanId.BYTES) {
                    edit(lengthAt, in.getTotalBytesRead(), ID);
                    saving += SpanId.BYTES - Long.BYTES;
                }
            } else {
                in.skipField(tag);
                if (isOurs(tag)) {
                    edit(start, in.getTotalBytesRead(), LEFT_OUT);
                    saving += in.getTotalBytesRead() - start;
                }
            }
        }
        return saving;
    }

    /** Returns where the last number of the edit is. */
    private int edit(int from, int to, int what) {
        if (used == edits.length) {
            edits = Arrays.copyOf(edits, 2 * used);
        }
        edits[used++] = from;
        edits[used++] = to;
        edits[used++] = what;
        return used - 1;
    }

    private byte[] edited(int length) throws IOException {
        byte[] shorter = new byte[length];
        CodedOutputStream out = CodedOutputStream.newInstance(shorter);
        int copied = 0;
        for (int edit = 0; edit < used; edit += INTS_AN_EDIT) {
            int from = edits[edit];
            int to = edits[edit + 1];
            int what = edits[edit + 2];
            out.writeRawBytes(value, copied, from - copied);
            if (what == ID) {
                SpanId id = SpanId.from(ByteBuffer.wrap(value, to - SpanId.BYTES, SpanId.BYTES));
                out.writeUInt32NoTag(Long.BYTES);
                out.writeFixed64NoTag(Long.reverseBytes(id.to64Bits()));
            } else if (what != LEFT_OUT) {
                out.writeUInt32NoTag(what);
            }
            copied = to;
        }
        out.writeRawBytes(value, copied, value.length - copied);
        out.checkNoSpaceLeft();
        return shorter;
    }

    private static boolean isOurs(int tag) {
        int field = WireFormat.getTagFieldNumber(tag);
        return field == SpanEncoder.TAGS_ABSENT_FIELD || field == SpanEncoder.SHARED_FIELD;
    }

    private static boolean isAtEnd(CodedInputStream in, int level) throws IOException {
        return level == 0 ? in.isAtEnd() : in.getBytesUntilLimit() <= 0;
    }
}
