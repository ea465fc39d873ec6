/** Tail sampling: which traces are kept is decided by what they were like, when they close. */
@NullMarked
package dev.traced.assembler.sampling;

import org.jspecify.annotations.NullMarked;
