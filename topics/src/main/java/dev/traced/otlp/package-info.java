/** The JSON encoding of OTLP, which protobuf's own JSON is not. */
@NullMarked
package dev.traced.otlp;

import org.jspecify.annotations.NullMarked;
