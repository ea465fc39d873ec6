package dev.traced.ingest.otlp;

import dev.traced.model.TraceId;
import dev.traced.topics.SpanEncoder;
import dev.traced.topics.Topics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The records of one trace: its spans in the order they came, with the resource and the scope they came with. As few
 * records as {@link #MAX_BYTES} allows.
 */
@SuppressWarnings("ReferenceEquality") // whether it is the same part of the request; comparing contents costs more
final class TraceRecords {
    static final int MAX_BYTES = SpanEncoder.MAX_BYTES;

    /** More than the tags and lengths of a span and of what is around it can take. */
    private static final int FRAMING = 64;

    private final byte[] key;
    private final List<ProducerRecord<byte[], byte[]>> full = new ArrayList<>(1);
    private TracesData.Builder data = TracesData.newBuilder();
    private ResourceSpans.@Nullable Builder resourceBuilder;
    private ScopeSpans.@Nullable Builder scopeBuilder;
    private @Nullable ResourceSpans resourceSpans;
    private @Nullable ScopeSpans scopeSpans;
    private long bytes;

    TraceRecords(TraceId traceId) {
        this.key = traceId.toBytes();
    }

    /**
     * Adds a span.
     *
     * @return about how many bytes it adds; 0 if it does not fit into a record of its own
     */
    long add(ResourceSpans ofResource, ScopeSpans ofScope, Span span) {
        int spanBytes = span.getSerializedSize() + FRAMING;
        long alone = spanBytes + (long) headerBytes(ofResource) + headerBytes(ofScope);
        if (alone > MAX_BYTES) {
            return 0;
        }
        boolean isSameScope = ofScope == scopeSpans && ofResource == resourceSpans;
        long more = isSameScope ? spanBytes : alone;
        if (bytes + more > MAX_BYTES) {
            finish();
            isSameScope = false;
            more = alone;
        }
        ScopeSpans.Builder into = scopeBuilder;
        if (into == null || !isSameScope) {
            into = begin(ofResource, ofScope);
        }
        into.addSpans(span);
        bytes += more;
        return more;
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        finish();
        return full;
    }

    private ScopeSpans.Builder begin(ResourceSpans ofResource, ScopeSpans ofScope) {
        ResourceSpans.Builder resource = resourceBuilder;
        if (resource == null || ofResource != resourceSpans) {
            resource = data.addResourceSpansBuilder().setSchemaUrl(ofResource.getSchemaUrl());
            if (ofResource.hasResource()) {
                resource.setResource(ofResource.getResource());
            }
        }
        ScopeSpans.Builder scope = resource.addScopeSpansBuilder().setSchemaUrl(ofScope.getSchemaUrl());
        if (ofScope.hasScope()) {
            scope.setScope(ofScope.getScope());
        }
        resourceSpans = ofResource;
        scopeSpans = ofScope;
        resourceBuilder = resource;
        scopeBuilder = scope;
        return scope;
    }

    private static int headerBytes(ResourceSpans resource) {
        return FRAMING
                + (resource.hasResource() ? resource.getResource().getSerializedSize() : 0)
                + resource.getSchemaUrlBytes().size();
    }

    private static int headerBytes(ScopeSpans scope) {
        return FRAMING
                + (scope.hasScope() ? scope.getScope().getSerializedSize() : 0)
                + scope.getSchemaUrlBytes().size();
    }

    private void finish() {
        if (bytes > 0) {
            full.add(new ProducerRecord<>(Topics.SPANS, key, data.build().toByteArray()));
        }
        data = TracesData.newBuilder();
        resourceSpans = null;
        scopeSpans = null;
        resourceBuilder = null;
        scopeBuilder = null;
        bytes = 0;
    }
}
