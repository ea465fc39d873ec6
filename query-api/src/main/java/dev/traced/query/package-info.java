/** GET /traces: who owns which partition, one answer of all of them, and its JSON. */
@NullMarked
package dev.traced.query;

import org.jspecify.annotations.NullMarked;
