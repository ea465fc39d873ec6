/** The lines of the node: JSON messages in, JSON messages out, and what is said of those that are wrong. */
@NullMarked
package dev.traced.tracer.node.wire;

import org.jspecify.annotations.NullMarked;
