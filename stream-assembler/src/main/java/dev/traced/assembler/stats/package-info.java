/** Statistics of services, from the spans of closed traces. */
@NullMarked
package dev.traced.assembler.stats;

import org.jspecify.annotations.NullMarked;
