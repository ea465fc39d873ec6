/** From spans to acknowledged records of topic {@code spans}. */
@NullMarked
package dev.traced.ingest.publish;

import org.jspecify.annotations.NullMarked;
