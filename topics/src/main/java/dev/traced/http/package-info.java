/** How every HTTP server of ours behaves at its edge: JSON errors, CORS, threads, limits. */
@NullMarked
package dev.traced.http;

import org.jspecify.annotations.NullMarked;
