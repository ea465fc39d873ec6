/** Head sampling: which traces are kept is decided by their id, when a span of them comes in. */
@NullMarked
package dev.traced.ingest.sampling;

import org.jspecify.annotations.NullMarked;
