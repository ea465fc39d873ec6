/** Reading the stores in place, from inside and from outside of the process. */
@NullMarked
package dev.traced.assembler.serving;

import org.jspecify.annotations.NullMarked;
