/** What needs a container engine; skipped, with the reason, where there is none. */
@NullMarked
package dev.traced.standalone.docker;

import org.jspecify.annotations.NullMarked;
