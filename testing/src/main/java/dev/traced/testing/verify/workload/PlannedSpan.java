package dev.traced.testing.verify.workload;

import dev.traced.testing.verify.wire.WireSpan;

/** A span and when it is sent, relative to the others: trace number n starts at about n. */
record PlannedSpan(double position, WireSpan span) {}
