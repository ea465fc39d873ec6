/** What is posted: seeded traces, cut into requests, with everything that goes wrong in practice. */
@NullMarked
package dev.traced.testing.verify.workload;

import org.jspecify.annotations.NullMarked;
