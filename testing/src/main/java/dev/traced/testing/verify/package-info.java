/** A black-box verifier: posts a workload, recomputes every answer by brute force, reports each difference. */
@NullMarked
package dev.traced.testing.verify;

import org.jspecify.annotations.NullMarked;
