/** Statements of JDBC as spans. */
@NullMarked
package dev.traced.tracer.instrument.jdbc;

import org.jspecify.annotations.NullMarked;
