/** Spans with everything OTLP knows of. */
@NullMarked
package dev.traced.testing.otlp;

import org.jspecify.annotations.NullMarked;
