/** Zipkin v2, turned into OTLP. */
@NullMarked
package dev.traced.ingest.zipkin;

import org.jspecify.annotations.NullMarked;
