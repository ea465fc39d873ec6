/** Records of Kafka, with spans: the context of a send travels in the record's headers to whoever processes it. */
@NullMarked
package dev.traced.tracer.instrument.kafka;

import org.jspecify.annotations.NullMarked;
