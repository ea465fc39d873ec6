/**
 * The JSON-lines node: tracing by messages, one a line, for who learns it or tries it out. It has no tracing of its own: spans
 * live in OpenTelemetry's SDK, headers are read by {@code dev.traced.tracer.propagation}, sampling and the shape of traces
 * are those of {@code dev.traced.model}.
 */
@NullMarked
package dev.traced.tracer.node;

import org.jspecify.annotations.NullMarked;
