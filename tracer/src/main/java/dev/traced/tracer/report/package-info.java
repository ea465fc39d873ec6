/** How spans and logs leave the program: what waits is bounded, what is not sent is counted. */
@NullMarked
package dev.traced.tracer.report;

import org.jspecify.annotations.NullMarked;
