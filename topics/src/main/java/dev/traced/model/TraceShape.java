package dev.traced.model;

import java.util.ArrayList;
import java.util.Collection;
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

    /** Takes the spans of a trace in the order they arrived; of one span the last counts. Not thread-safe. */
    public static final class Builder {
        private final Map<SpanId, Node> latest = new HashMap<>();
        private boolean isPlain = true;

        private static final class Node {
            final @Nullable SpanId parent;
            final String service;
            final long start;
            final long end;
            int depth;

            Node(@Nullable SpanId parent, String service, long start, long end) {
                this.parent = parent;
                this.service = service;
                this.start = start;
                this.end = end;
            }
        }

        /**
         * Adds a span, or replaces it.
         *
         * @param identity see {@link SpanId#serverHalf}
         * @param parent as sent; null for none
         */
        public void add(SpanId identity, @Nullable SpanId parent, String service, long startNanos, long endNanos) {
            Node before = latest.put(identity, new Node(parent, service, startNanos, endNanos));
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
                if (node.parent != null && parentOf(node) == null) {
                    missing.add(node.parent);
                }
            }
            return missing;
        }

        public TraceShape build() {
            boolean hasRoot = false;
            boolean isSkewed = false;
            boolean hasNegativeDuration = false;
            int depth = 0;
            TreeSet<String> services = new TreeSet<>();
            latest.values().forEach(node -> node.depth = 0);
            for (Node node : latest.values()) {
                hasRoot |= node.parent == null;
                hasNegativeDuration |= node.end < node.start;
                Node parent = parentOf(node);
                isSkewed |= parent != null && node.start < parent.start;
                depth = Math.max(depth, depth(node));
                services.add(node.service);
            }
            List<String> named = services.stream().limit(MAX_SERVICES).toList();
            return new TraceShape(hasRoot, missingParents().size(), depth, named, isSkewed, hasNegativeDuration);
        }

        /** A server's half hangs below the client's half of its id; a child of a shared id below either. */
        private @Nullable Node parentOf(Node node) {
            if (node.parent == null) {
                return null;
            }
            Node client = latest.get(node.parent);
            return client != null ? client : latest.get(node.parent.serverHalf());
        }

        /** Iterative, since a trace may be deep; spans that are their own ancestors end the way up. */
        private int depth(Node from) {
            List<Node> way = new ArrayList<>();
            Node top = from;
            while (top != null && top.depth == 0) {
                top.depth = -1; // on the way
                way.add(top);
                top = parentOf(top);
            }
            int depth = top == null ? 0 : Math.max(0, top.depth);
            for (int i = way.size() - 1; i >= 0; i--) {
                way.get(i).depth = ++depth;
            }
            return from.depth;
        }
    }
}
