/**
 * A small shop to look at: its {@linkplain dev.traced.tracer.demo.shop services} are processes of their own, visitors come at a
 * rate, and in the end every trace that they began is compared with what the collector has.
 */
@NullMarked
package dev.traced.tracer.demo;

import org.jspecify.annotations.NullMarked;
