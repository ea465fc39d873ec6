/** The load tool: pre-rendered requests over plain sockets, cheap enough to share a machine with the server. */
@NullMarked
package dev.traced.testing.verify.load;

import org.jspecify.annotations.NullMarked;
