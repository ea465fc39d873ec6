/** Controls: tests of what we chose not to use, which keep the reason for our choice true. */
@NullMarked
package dev.traced.standalone.control;

import org.jspecify.annotations.NullMarked;
