package dev.traced.testing.verify.workload;

/** How often, and how, one request is posted. */
public enum Delivery {
    ONCE,
    /** The same body a second time after the first was acknowledged. */
    AGAIN,
    /** The same body twice at the same time. */
    TWICE_AT_ONCE
}
