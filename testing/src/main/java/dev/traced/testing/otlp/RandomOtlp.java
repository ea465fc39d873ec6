package dev.traced.testing.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Seeded OTLP spans in which every field is now absent, now present, now extreme: all types of attributes, nested and
 * empty, any Unicode, numbers at the ends of their range.
 */
public final class RandomOtlp {
    private static final int MAX_DEPTH = 4;
    private static final long[] LONGS = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53, (1L << 53) + 1, -42};
    private static final double[] DOUBLES = {
        0, -0.0, 1.5, Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
    };
    private static final String[] TEXTS = {
        "",
        "a",
        "http.method",
        "caf\u00e9",
        "\u65e5\u672c",
        "\ud83d\ude80",
        "line\nbreak\t\"quoted\"\\",
        "\u0000",
        "\u2028\u202e"
    };

    private final Random random;
    private final long startNanos;

    /** @param startNanos about when the spans begin, in Unix nanoseconds */
    public RandomOtlp(long seed, long startNanos) {
        this.random = new Random(seed);
        this.startNanos = startNanos;
    }

    /** Spans of several traces, mixed, under several resources and scopes. */
    public List<ResourceSpans> request(int spans, List<ByteString> traceIds) {
        List<ResourceSpans> request = new ArrayList<>();
        int left = spans;
        while (left > 0) {
            ResourceSpans.Builder resourceSpans = ResourceSpans.newBuilder().setSchemaUrl(text());
            if (random.nextInt(8) > 0) {
                resourceSpans.setResource(resource());
            }
            for (int scopes = 1 + random.nextInt(2); scopes > 0 && left > 0; scopes--) {
                ScopeSpans.Builder scopeSpans = ScopeSpans.newBuilder().setSchemaUrl(text());
                if (random.nextInt(4) > 0) {
                    scopeSpans.setScope(scope());
                }
                for (int n = Math.min(left, 1 + random.nextInt(5)); n > 0; n--, left--) {
                    scopeSpans.addSpans(span(traceIds.get(random.nextInt(traceIds.size()))));
                }
                resourceSpans.addScopeSpans(scopeSpans);
            }
            request.add(resourceSpans.build());
        }
        return request;
    }

    /** An id that is not all zero. */
    public ByteString id(int bytes) {
        byte[] id = new byte[bytes];
        random.nextBytes(id);
        id[bytes - 1] |= 1;
        return ByteString.copyFrom(id);
    }

    private Resource resource() {
        Resource.Builder resource = Resource.newBuilder().setDroppedAttributesCount(dropped());
        if (random.nextInt(4) > 0) {
            resource.addAttributes(KeyValue.newBuilder()
                    .setKey("service.name")
                    .setValue(AnyValue.newBuilder().setStringValue("service-" + random.nextInt(5))));
        }
        return resource.addAllAttributes(attributes()).build();
    }

    private InstrumentationScope scope() {
        return InstrumentationScope.newBuilder()
                .setName(text())
                .setVersion(text())
                .addAllAttributes(attributes())
                .setDroppedAttributesCount(dropped())
                .build();
    }

    private Span span(ByteString traceId) {
        long start = startNanos + random.nextInt(1_000_000_000);
        Span.Builder span = Span.newBuilder()
                .setTraceId(traceId)
                .setSpanId(id(8))
                .setTraceState(text())
                .setFlags(random.nextInt(4) == 0 ? -1 : random.nextInt(1024))
                .setName(text())
                .setKindValue(random.nextInt(6))
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(random.nextInt(10) == 0 ? 0 : start + random.nextInt(1_000_000_000))
                .addAllAttributes(attributes())
                .setDroppedAttributesCount(dropped())
                .setDroppedEventsCount(dropped())
                .setDroppedLinksCount(dropped());
        if (random.nextBoolean()) {
            span.setParentSpanId(id(8));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            span.addEvents(Span.Event.newBuilder()
                    .setTimeUnixNano(random.nextLong())
                    .setName(text())
                    .addAllAttributes(attributes())
                    .setDroppedAttributesCount(dropped()));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            span.addLinks(Span.Link.newBuilder()
                    .setTraceId(id(16))
                    .setSpanId(id(8))
                    .setTraceState(text())
                    .addAllAttributes(attributes())
                    .setDroppedAttributesCount(dropped())
                    .setFlags(random.nextInt()));
        }
        if (random.nextBoolean()) {
            span.setStatus(Status.newBuilder().setMessage(text()).setCodeValue(random.nextInt(3)));
        }
        return span.build();
    }

    private List<KeyValue> attributes() {
        List<KeyValue> attributes = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            attributes.add(attribute(0));
        }
        return attributes;
    }

    private KeyValue attribute(int depth) {
        KeyValue.Builder attribute = KeyValue.newBuilder().setKey(text());
        if (random.nextInt(10) > 0) {
            attribute.setValue(value(depth));
        }
        return attribute.build();
    }

    private AnyValue value(int depth) {
        AnyValue.Builder value = AnyValue.newBuilder();
        switch (random.nextInt(depth < MAX_DEPTH ? 8 : 6)) {
            case 0 -> value.setStringValue(text());
            case 1 -> value.setBoolValue(random.nextBoolean());
            case 2 -> value.setIntValue(number());
            case 3 -> value.setDoubleValue(DOUBLES[random.nextInt(DOUBLES.length)]);
            case 4 -> value.setBytesValue(random.nextBoolean() ? ByteString.EMPTY : id(1 + random.nextInt(20)));
            case 5 -> value.clear();
            case 6 -> {
                ArrayValue.Builder items = ArrayValue.newBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.addValues(value(depth + 1));
                }
                value.setArrayValue(items);
            }
            default -> {
                KeyValueList.Builder entries = KeyValueList.newBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    entries.addValues(attribute(depth + 1));
                }
                value.setKvlistValue(entries);
            }
        }
        return value.build();
    }

    private long number() {
        return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong();
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private int dropped() {
        return random.nextInt(3) == 0 ? random.nextInt() : 0;
    }
}
