/** Topic spans to the store of traces: the topology, the rules of a trace, what is kept of it. */
@NullMarked
package dev.traced.assembler;

import org.jspecify.annotations.NullMarked;
