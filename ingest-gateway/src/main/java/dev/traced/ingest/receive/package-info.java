/** What every protocol shares: body in, records to Kafka, answer out; the window, the limits and the counters. */
@NullMarked
package dev.traced.ingest.receive;

import org.jspecify.annotations.NullMarked;
