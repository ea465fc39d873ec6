/** A program's way to be traced: the spans it lives through, on OpenTelemetry's SDK, and how they are reported. */
@NullMarked
package dev.traced.tracer;

import org.jspecify.annotations.NullMarked;
