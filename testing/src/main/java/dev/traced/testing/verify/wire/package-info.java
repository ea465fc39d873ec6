/** The traced HTTP contract as a client sees it: plain values, their JSON, and one client. */
@NullMarked
package dev.traced.testing.verify.wire;

import org.jspecify.annotations.NullMarked;
