/** What is known of a trace without its spans: the head, the root that counts, the line of the list. */
@NullMarked
package dev.traced.assembler.trace;

import org.jspecify.annotations.NullMarked;
