/** The traced protocol: {@code {"spans": [...]}} as spans. */
@NullMarked
package dev.traced.ingest.json;

import org.jspecify.annotations.NullMarked;
