package dev.traced.tracer.demo;

/** A journey that was made. {@code status} is that of the answer, 0 if there was none. */
record Visit(String traceId, Journey journey, int status) {
    boolean endedAsItMust() {
        return status == journey.status();
    }
}
