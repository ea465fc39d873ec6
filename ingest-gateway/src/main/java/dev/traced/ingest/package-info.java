/** The way in: {@code POST /spans} to topic {@code spans}. A 202 means that Kafka has the spans. */
@NullMarked
package dev.traced.ingest;

import org.jspecify.annotations.NullMarked;
