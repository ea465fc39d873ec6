/** OTLP over HTTP and gRPC, to records of topic {@code spans}; what other protocols are turned into as well. */
@NullMarked
package dev.traced.ingest.otlp;

import org.jspecify.annotations.NullMarked;
