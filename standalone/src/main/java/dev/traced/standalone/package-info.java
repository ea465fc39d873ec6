/** All of traced in one JVM: the services, wired together, on an embedded Kafka broker. */
@NullMarked
package dev.traced.standalone;

import org.jspecify.annotations.NullMarked;
