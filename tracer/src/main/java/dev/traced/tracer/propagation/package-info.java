/** How a trace goes from one process to the next: the headers of W3C Trace Context, of baggage and of Zipkin's B3. */
@NullMarked
package dev.traced.tracer.propagation;

import org.jspecify.annotations.NullMarked;
