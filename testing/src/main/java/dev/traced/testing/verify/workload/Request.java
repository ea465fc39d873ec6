package dev.traced.testing.verify.workload;

import dev.traced.testing.verify.wire.SpanJson;
import dev.traced.testing.verify.wire.WireSpan;
import java.util.List;
import java.util.Set;

/**
 * One batch to post.
 *
 * @param number its place in {@link Workload#requests()}
 * @param after numbers, all smaller, of requests that must have been acknowledged before this one is sent: it carries
 *     later versions of their spans, and which version wins must not be left to chance
 */
public record Request(int number, List<WireSpan> spans, Set<Integer> after, Delivery delivery) {

    public Request {
        spans = List.copyOf(spans);
        after = Set.copyOf(after);
    }

    /** The same bytes every time. */
    public byte[] body() {
        return SpanJson.varied(spans);
    }
}
