/** Logs of Logback, with the span they were written in. */
@NullMarked
package dev.traced.tracer.instrument.logging;

import org.jspecify.annotations.NullMarked;
