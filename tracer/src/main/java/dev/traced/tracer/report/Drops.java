package dev.traced.tracer.report;

/**
 * What was not sent since the program began, by why. What ended = sent + {@link #total()} + what waits.
 *
 * @param queueFull there was no room for it: the collector was away for too long, or is too slow
 * @param refused the collector answered that it does not want it; what it takes in part is known over HTTP only, not gRPC
 * @param closed it ended after tracing was closed, or waited when the time to close was over. What was on its way at
 *     that moment is counted here, and may have arrived
 */
public record Drops(long queueFull, long refused, long closed) {
    static final Drops NONE = new Drops(0, 0, 0);

    public long total() {
        return queueFull + refused + closed;
    }
}
