package dev.traced.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the spans of a trace hang together.
 *
 * @param hasRoot whether a span without a parent is there
 * @param missingParents how many span ids are named as parents that are not there
 * @param depth spans on the longest way from a span up through its parents; 0 for no spans
 * @param services which services sent spans, in the order of their names; at most {@value #MAX_SERVICES}
 * @param isSkewed whether a span starts before the parent that started it: their clocks differ
 * @param hasNegativeDuration whether a span ends before it starts
 */
public record TraceShape(
        boolean hasRoot,
        int missingParents,
        int depth,
        List<String> services,
        boolean isSkewed,
        boolean hasNegativeDuration) {
    public static final int MAX_SERVICES = 32;

    /** Of a trace of so many spans that nobody looked. */
    public static final TraceShape TOO_LARGE = new TraceShape(false, 0, 0, List.of(), false, false);

    public TraceShape {
        services = List.copyOf(services);
    }

    /** Whether anybody looked. */
    public boolean isKnown() {
        return depth > 0;
    }

    /** Whether the root and every parent is there. */
    public boolean isComplete() {
        return hasRoot && missingParents == 0;
    }

    /** A span among the others of its trace. */
    public static final class Node {
        private final SpanId identity;
        private final @Nullable SpanId parentId;
        private final String service;
        private final String operation;
        private final long start;
        private final long end;
        private final boolean isError;
        private @Nullable Node parent;
        private int depth;

        private Node(
                SpanId identity,
                @Nullable SpanId parentId,
                String service,
                String operation,
                long start,
                long end,
                boolean isError) {
            this.identity = identity;
            this.parentId = parentId;
            this.service = service;
            this.operation = operation;
            this.start = start;
            this.end = end;
            this.isError = isError;
        }

        public String service() {
            return service;
        }

        public String operation() {
            return operation;
        }

        /** Unix nanoseconds. */
        public long startNanos() {
            return start;
        }

        /** Unix nanoseconds. */
        public long endNanos() {
            return end;
        }

        public boolean isError() {
            return isError;
        }

        /** Whether the span has no parent, nor is the server's half of a call whose client's half is there. */
        public boolean isRoot() {
            return parentId == null && parent == null;
        }

        /** The span that this one is below; null if there is none, or it is not there. */
        public @Nullable Node parent() {
            return parent;
        }
    }

    /** Takes the spans of a trace in the order they arrived; of one span the last counts. Not thread-safe. */
    public static final class Builder {
        private final Map<SpanId, Node> latest = new HashMap<>();
        private static final int ON_THE_WAY = -1;

        private boolean isPlain = true;

        /**
         * Adds a span, or replaces it.
         *
         * @param identity see {@link SpanId#serverHalf}
         * @param parent as sent; null for none
         */
        public void add(SpanId identity, @Nullable SpanId parent, String service, long startNanos, long endNanos) {
            add(identity, parent, service, "", startNanos, endNanos, false);
        }

        /** The same for one who asks for the {@link #spans} afterwards. */
        public void add(
                SpanId identity,
                @Nullable SpanId parent,
                String service,
                String operation,
                long startNanos,
                long endNanos,
                boolean isError) {
            Node node = new Node(identity, parent, service, operation, startNanos, endNanos, isError);
            Node before = latest.put(identity, node);
            SpanId twin = identity.isServerHalf() ? identity.sharedId() : identity.serverHalf();
            boolean isHalf = !twin.equals(identity) && latest.containsKey(twin);
            isPlain &= before == null && !isHalf;
        }

        /** Whether every span came once, and under an id of its own: then the trace is what came, one after the other. */
        public boolean isPlain() {
            return isPlain;
        }

        /** The ids that are named as parents and are not there, in their order. */
        public Collection<SpanId> missingParents() {
            TreeSet<SpanId> missing = new TreeSet<>();
            for (Node node : latest.values()) {
                if (node.parentId != null && parentOf(node) == null) {
                    missing.add(node.parentId);
                }
            }
            return missing;
        }

        public TraceShape build() {
            boolean hasRoot = false;
            boolean isSkewed = false;
            boolean hasNegativeDuration = false;
            boolean isMissing = false;
            for (Node node : latest.values()) {
                node.depth = 0;
                node.parent = parentOf(node);
                hasRoot |= node.isRoot();
                isMissing |= node.parentId != null && node.parent == null;
                hasNegativeDuration |= node.end < node.start;
                isSkewed |= node.parent != null && node.start < node.parent.start;
            }
            int depth = 0;
            for (Node node : latest.values()) {
                depth = Math.max(depth, depth(node));
            }
            return new TraceShape(
                    hasRoot, isMissing ? missingParents().size() : 0, depth, services(), isSkewed, hasNegativeDuration);
        }

        /** Each span as it came last, in no order; {@link #build} has told them their parents. */
        public Collection<Node> spans() {
            return Collections.unmodifiableCollection(latest.values());
        }

        /** In order. Most traces have few, for which inserting costs less than a tree. */
        private List<String> services() {
            List<String> services = new ArrayList<>(4);
            String last = null;
            for (Node node : latest.values()) {
                int at = node.service.equals(last) ? 0 : Collections.binarySearch(services, node.service);
                if (at < 0) {
                    services.add(-at - 1, node.service);
                }
                if (services.size() > MAX_SERVICES) {
                    services.remove(MAX_SERVICES);
                }
                last = node.service;
            }
            return services;
        }

        /**
         * Of a call whose halves share an id the server's is below the client's; children that name that id belong to the
         * half of their service, or else the server's.
         */
        private @Nullable Node parentOf(Node node) {
            if (node.identity.isServerHalf()) {
                Node client = latest.get(node.identity.sharedId());
                if (client != null) {
                    return client;
                }
            }
            if (node.parentId == null) {
                return null;
            }
            Node client = latest.get(node.parentId);
            Node server = node.parentId.high() == 0 ? latest.get(node.parentId.serverHalf()) : null;
            if (client == null || server == null) {
                return client != null ? client : server;
            }
            boolean isOfClient = node.service.equals(client.service) && !node.service.equals(server.service);
            return isOfClient ? client : server;
        }

        /** Iterative, since a trace may be deep; spans that are their own ancestors end the way up. */
        private static int depth(Node from) {
            int unknown = 0;
            Node top = from;
            while (top != null && top.depth == 0) {
                top.depth = ON_THE_WAY;
                unknown++;
                top = top.parent;
            }
            int depth = unknown + (top == null ? 0 : Math.max(0, top.depth));
            int known = depth;
            for (Node node = from; node != null && node.depth == ON_THE_WAY; node = node.parent) {
                node.depth = known--;
            }
            return depth;
        }
    }
}
