/** Processes that live no longer than the one that started them. */
@NullMarked
package dev.traced.tracer.demo.process;

import org.jspecify.annotations.NullMarked;
