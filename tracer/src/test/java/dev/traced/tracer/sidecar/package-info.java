/** The sidecar over real sockets. */
@NullMarked
package dev.traced.tracer.sidecar;

import org.jspecify.annotations.NullMarked;
