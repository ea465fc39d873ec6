package dev.traced.topics;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the spans of a record's value and reads only what assembling a trace needs; strings are decoded when asked
 * for. Seven times cheaper than parsing the messages. Not for use by two threads.
 *
 * <pre>{@code
 * SpanCursor span = new SpanCursor(value);
 * while (span.next()) { use(span.spanIdHigh(), span.spanIdLow(), ...); }
 * }</pre>
 */
public final class SpanCursor {
    // Tags and not fields are compared: a known field in another encoding is, as for protobuf, an unknown one.
    private static final int TAG_TYPE_BITS = 3;
    private static final int MESSAGE = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RESOURCE_SPANS = TracesData.RESOURCE_SPANS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int RESOURCE = ResourceSpans.RESOURCE_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int SCOPE_SPANS = ResourceSpans.SCOPE_SPANS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int SPANS = ScopeSpans.SPANS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int ATTRIBUTES = Resource.ATTRIBUTES_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int KEY = KeyValue.KEY_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int VALUE = KeyValue.VALUE_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int STRING_VALUE = AnyValue.STRING_VALUE_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int TRACE_ID = Span.TRACE_ID_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int SPAN_ID = Span.SPAN_ID_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int PARENT_SPAN_ID = Span.PARENT_SPAN_ID_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int SPAN_ATTRIBUTES = Span.ATTRIBUTES_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int KIND = Span.KIND_FIELD_NUMBER << TAG_TYPE_BITS | WireFormat.WIRETYPE_VARINT;
    private static final int NAME = Span.NAME_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int START_TIME =
            Span.START_TIME_UNIX_NANO_FIELD_NUMBER << TAG_TYPE_BITS | WireFormat.WIRETYPE_FIXED64;
    private static final int END_TIME =
            Span.END_TIME_UNIX_NANO_FIELD_NUMBER << TAG_TYPE_BITS | WireFormat.WIRETYPE_FIXED64;
    private static final int STATUS = Span.STATUS_FIELD_NUMBER << TAG_TYPE_BITS | MESSAGE;
    private static final int STATUS_CODE = Status.CODE_FIELD_NUMBER << TAG_TYPE_BITS | WireFormat.WIRETYPE_VARINT;

    private static final int SHARED = SpanEncoder.SHARED_FIELD << TAG_TYPE_BITS | WireFormat.WIRETYPE_VARINT;

    /** As long as a name of the traced contract can be, which is 256 characters. */
    public static final int MAX_NAME_BYTES = 1_024;

    private final byte[] value;
    private final CodedInputStream in;
    private int resourceLimit = -1;
    private int scopeLimit = -1;

    private long traceIdHigh;
    private long traceIdLow;
    private long spanIdHigh;
    private long spanIdLow;
    private long parentIdHigh;
    private long parentIdLow;
    private boolean root;
    private long startTimeNanos;
    private long endTimeNanos;
    private boolean error;
    private int nameAt;
    private int nameLength;
    private byte[] serviceIn;
    private boolean hasService;
    private int serviceAt;
    private int serviceLength;

    /** Of the span, after those of its resource; kept only if asked for. */
    private long[] terms = {};

    private final boolean hasTerms;
    private boolean hasServiceTerm;
    private long serviceTerm;
    private int resourceTerms;
    private int termCount;
    private @Nullable String service;

    public SpanCursor(byte[] value) {
        this(value, false);
    }

    private SpanCursor(byte[] value, boolean hasTerms) {
        this.value = value;
        this.serviceIn = value;
        this.in = CodedInputStream.newInstance(value);
        this.hasTerms = hasTerms;
    }

    /** One that also tells what each span can be searched by, see {@link #term}. */
    public static SpanCursor withTerms(byte[] value) {
        return new SpanCursor(value, true);
    }

    /**
     * Adds all spans of a record's value to a trace.
     *
     * @param names knows most of their names already
     * @throws IllegalArgumentException as {@link #next}
     */
    public static void addAll(byte[] value, TraceShape.Builder spans, KnownNames names) {
        SpanCursor span = new SpanCursor(value);
        while (span.next()) {
            if (span.service == null) {
                int shown = shown(span.serviceIn, span.serviceAt, span.serviceLength);
                span.service = names.text(span.serviceIn, span.serviceAt, shown);
            }
            spans.add(
                    new SpanId(span.spanIdHigh, span.spanIdLow),
                    span.parent(),
                    span.service,
                    names.text(value, span.nameAt, shown(value, span.nameAt, span.nameLength)),
                    span.startTimeNanos,
                    span.endTimeNanos,
                    span.error);
        }
    }

    /**
     * Moves to the next span.
     *
     * @return false at the end of the value
     * @throws IllegalArgumentException if the value is not OTLP {@code TracesData} whose spans have ids of 16 or 8 bytes
     */
    public boolean next() {
        try {
            return advance();
        } catch (IOException e) {
            throw new IllegalArgumentException("not OTLP TracesData: " + e.getMessage(), e);
        }
    }

    private boolean advance() throws IOException {
        while (true) {
            if (scopeLimit >= 0) {
                if (in.getBytesUntilLimit() > 0) {
                    if (enter(SPANS)) {
                        readSpan();
                        return true;
                    }
                } else {
                    in.popLimit(scopeLimit);
                    scopeLimit = -1;
                }
            } else if (resourceLimit >= 0) {
                if (in.getBytesUntilLimit() > 0) {
                    readResourceSpansField();
                } else {
                    in.popLimit(resourceLimit);
                    resourceLimit = -1;
                }
            } else if (in.isAtEnd()) {
                return false;
            } else if (enter(RESOURCE_SPANS)) {
                resourceLimit = in.pushLimit(in.readRawVarint32());
                serviceLength = 0;
                service = null;
                hasService = false;
                hasServiceTerm = false;
                resourceTerms = 0;
            }
        }
    }

    /** Reads a tag; skips the field unless it is the one asked for. */
    private boolean enter(int expected) throws IOException {
        int tag = in.readTag();
        if (tag == expected) {
            return true;
        }
        in.skipField(tag);
        return false;
    }

    private void readResourceSpansField() throws IOException {
        int tag = in.readTag();
        if (tag == SCOPE_SPANS) {
            scopeLimit = in.pushLimit(in.readRawVarint32());
        } else if (tag == RESOURCE) {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                if (enter(ATTRIBUTES)) {
                    readResourceAttribute();
                }
            }
            in.popLimit(limit);
        } else {
            in.skipField(tag);
        }
    }

    private void readResourceAttribute() throws IOException {
        int length = in.readRawVarint32();
        if (hasTerms) {
            int start = in.getTotalBytesRead();
            termCount = resourceTerms;
            addTerm(tagTerm(CodedInputStream.newInstance(value, start, length), start, length));
            resourceTerms = termCount;
        }
        int limit = in.pushLimit(length);
        boolean isServiceName = false;
        while (in.getBytesUntilLimit() > 0) {
            int tag = in.readTag();
            if (tag == KEY) {
                isServiceName = in.readString().equals(SpanEncoder.SERVICE_NAME);
            } else if (tag == VALUE && isServiceName && !hasService) {
                readServiceName();
                hasService = true;
                hasServiceTerm = false; // it may follow its spans
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(limit);
    }

    /** Of several the first, and one that is no text as {@link SpanDecoder} shows it. */
    private void readServiceName() throws IOException {
        int length = in.readRawVarint32();
        int start = in.getTotalBytesRead();
        service = null;
        int tag = length == 0 ? 0 : in.readTag();
        if (tag == STRING_VALUE) {
            serviceIn = value;
            serviceLength = in.readRawVarint32();
            serviceAt = in.getTotalBytesRead();
            in.skipRawBytes(serviceLength);
        }
        if (tag != STRING_VALUE || in.getTotalBytesRead() != start + length) {
            AnyValue other = AnyValue.parseFrom(CodedInputStream.newInstance(value, start, length));
            serviceIn = AttributeText.of(other).getBytes(StandardCharsets.UTF_8);
            serviceAt = 0;
            serviceLength = serviceIn.length;
        }
        in.skipRawBytes(start + length - in.getTotalBytesRead());
    }

    private void readSpan() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        boolean hasTraceId = false;
        boolean hasSpanId = false;
        boolean isServer = false;
        boolean isShared = false;
        root = true;
        error = false;
        startTimeNanos = 0;
        endTimeNanos = 0;
        nameLength = 0;
        termCount = resourceTerms;
        while (in.getBytesUntilLimit() > 0) {
            int tag = in.readTag();
            switch (tag) {
                case TRACE_ID -> {
                    traceIdHigh = readIdHigh(in.readRawVarint32());
                    traceIdLow = idLow;
                    hasTraceId = true;
                }
                case SPAN_ID -> {
                    spanIdHigh = readIdHigh(in.readRawVarint32());
                    spanIdLow = idLow;
                    hasSpanId = true;
                }
                case PARENT_SPAN_ID -> {
                    int length = in.readRawVarint32();
                    root = length == 0;
                    if (!root) {
                        parentIdHigh = readIdHigh(length);
                        parentIdLow = idLow;
                    }
                }
                case KIND -> isServer = in.readEnum() == Span.SpanKind.SPAN_KIND_SERVER_VALUE;
                case SHARED -> isShared = in.readBool();
                case NAME -> {
                    nameLength = in.readRawVarint32();
                    nameAt = in.getTotalBytesRead();
                    in.skipRawBytes(nameLength);
                }
                case START_TIME -> startTimeNanos = in.readFixed64();
                case END_TIME -> endTimeNanos = in.readFixed64();
                case STATUS -> readStatus();
                case SPAN_ATTRIBUTES -> readSpanAttribute();
                default -> in.skipField(tag);
            }
        }
        in.popLimit(limit);
        if (!hasTraceId || !hasSpanId) {
            throw new IOException("a span without " + (hasTraceId ? "span_id" : "trace_id"));
        }
        if (hasTerms) {
            addNameTerms();
        }
        if ((isServer || isShared) && spanIdHigh == 0) {
            spanIdHigh = SpanId.SERVER_HALF;
        }
    }

    private void readSpanAttribute() throws IOException {
        int length = in.readRawVarint32();
        if (hasTerms) {
            addTerm(tagTerm(in, 0, length));
        } else {
            in.skipRawBytes(length);
        }
    }

    /**
     * The term of a {@code KeyValue}; reads over it. Its usual form, a text, is not copied.
     *
     * @param attribute stands before it
     * @param base where in the value {@code attribute} began to read
     */
    private long tagTerm(CodedInputStream attribute, int base, int length) throws IOException {
        int start = base + attribute.getTotalBytesRead();
        int limit = attribute.pushLimit(length);
        if (length > 0 && attribute.readTag() == KEY) {
            int keyLength = attribute.readRawVarint32();
            int keyAt = base + attribute.getTotalBytesRead();
            attribute.skipRawBytes(keyLength);
            if (attribute.getBytesUntilLimit() > 0 && attribute.readTag() == VALUE) {
                boolean isLast = attribute.readRawVarint32() == attribute.getBytesUntilLimit();
                if (isLast && attribute.getBytesUntilLimit() > 0 && attribute.readTag() == STRING_VALUE) {
                    int textLength = attribute.readRawVarint32();
                    if (textLength == attribute.getBytesUntilLimit()) {
                        int textAt = base + attribute.getTotalBytesRead();
                        attribute.skipRawBytes(textLength);
                        attribute.popLimit(limit);
                        return Terms.tagValue(Terms.tagKey(value, keyAt, keyLength), value, textAt, textLength);
                    }
                }
            }
        }
        attribute.skipRawBytes(attribute.getBytesUntilLimit());
        attribute.popLimit(limit);
        KeyValue parsed = KeyValue.parseFrom(CodedInputStream.newInstance(value, start, length));
        byte[] key = parsed.getKey().getBytes(StandardCharsets.UTF_8);
        byte[] text = AttributeText.of(parsed.getValue()).getBytes(StandardCharsets.UTF_8);
        return Terms.tagValue(Terms.tagKey(key, 0, key.length), text, 0, text.length);
    }

    private void addNameTerms() {
        if (!hasServiceTerm) {
            serviceTerm = Terms.service(serviceIn, serviceAt, serviceLength);
            hasServiceTerm = true;
        }
        addTerm(serviceTerm);
        addTerm(Terms.operation(value, nameAt, nameLength));
        addTerm(Terms.operation(serviceTerm, value, nameAt, nameLength));
    }

    private void addTerm(long term) {
        if (termCount == terms.length) {
            terms = Arrays.copyOf(terms, Math.max(16, 2 * termCount));
        }
        terms[termCount++] = term;
    }

    /** How many terms the span can be searched by. */
    public int termCount() {
        return termCount;
    }

    /** One of the terms that the span can be searched by, see {@link Terms}. */
    public long term(int index) {
        return terms[index];
    }

    private long idLow;

    private long readIdHigh(int length) throws IOException {
        requireIdLength(length);
        long high = length == TraceId.BYTES ? Long.reverseBytes(in.readRawLittleEndian64()) : 0;
        idLow = Long.reverseBytes(in.readRawLittleEndian64());
        return high;
    }

    private static void requireIdLength(int length) throws IOException {
        if (length != TraceId.BYTES && length != Long.BYTES) {
            throw new IOException("an id of " + length + " bytes");
        }
    }

    private void readStatus() throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            if (enter(STATUS_CODE)) {
                error = in.readEnum() == Status.StatusCode.STATUS_CODE_ERROR_VALUE;
            }
        }
        in.popLimit(limit);
    }

    public long traceIdHigh() {
        return traceIdHigh;
    }

    public long traceIdLow() {
        return traceIdLow;
    }

    /** Together with {@link #spanIdLow} what tells the span from others of its trace, see {@link SpanId#serverHalf}. */
    public long spanIdHigh() {
        return spanIdHigh;
    }

    public long spanIdLow() {
        return spanIdLow;
    }

    /** Whether the span has no parent. */
    public boolean isRoot() {
        return root;
    }

    /** The parent as it was sent; null for a root. */
    public @Nullable SpanId parent() {
        return root ? null : new SpanId(parentIdHigh, parentIdLow);
    }

    public long startTimeNanos() {
        return startTimeNanos;
    }

    public long endTimeNanos() {
        return endTimeNanos;
    }

    public boolean isError() {
        return error;
    }

    /** At most {@link #MAX_NAME_BYTES} of it: it is for the list. */
    public String service() {
        if (service == null) { // once for all spans of a resource
            service = name(serviceIn, serviceAt, serviceLength);
        }
        return service;
    }

    /** At most {@link #MAX_NAME_BYTES} of it: it is for the list. */
    public String operation() {
        return name(value, nameAt, nameLength);
    }

    private static String name(byte[] text, int at, int length) {
        return new String(text, at, shown(text, at, length), StandardCharsets.UTF_8);
    }

    /** How many bytes of a name are for the list. */
    private static int shown(byte[] text, int at, int length) {
        int shown = Math.min(length, MAX_NAME_BYTES);
        while (shown < length && shown > 0 && (text[at + shown] & 0xc0) == 0x80) {
            shown--; // not within a character
        }
        return shown;
    }
}
