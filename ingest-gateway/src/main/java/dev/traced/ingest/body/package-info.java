/** Reading a request's body within bounds of memory and time. */
@NullMarked
package dev.traced.ingest.body;

import org.jspecify.annotations.NullMarked;
