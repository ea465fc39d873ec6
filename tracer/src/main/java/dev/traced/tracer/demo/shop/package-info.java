/** A small shop, of services that are processes of their own: an example of what is instrumented, and how. */
@NullMarked
package dev.traced.tracer.demo.shop;

import org.jspecify.annotations.NullMarked;
