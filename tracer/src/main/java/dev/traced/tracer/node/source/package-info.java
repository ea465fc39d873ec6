/** Reading source code for the places at which it starts spans. */
@NullMarked
package dev.traced.tracer.node.source;

import org.jspecify.annotations.NullMarked;
