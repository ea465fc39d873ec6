/** Plain values of a trace: no Kafka, no HTTP, no JSON. */
@NullMarked
package dev.traced.model;

import org.jspecify.annotations.NullMarked;
