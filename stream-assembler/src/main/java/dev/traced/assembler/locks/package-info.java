/** Who waits for whom between the stream thread and queries. */
@NullMarked
package dev.traced.assembler.locks;

import org.jspecify.annotations.NullMarked;
