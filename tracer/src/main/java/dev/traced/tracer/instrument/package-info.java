/**
 * What a service is made of, with spans: HTTP by Javalin and the JDK's client, and databases by JDBC. Attributes have the names
 * of OpenTelemetry's semantic conventions.
 */
@NullMarked
package dev.traced.tracer.instrument;

import org.jspecify.annotations.NullMarked;
