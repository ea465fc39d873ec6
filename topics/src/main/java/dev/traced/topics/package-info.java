/** What crosses a boundary between our services: the topics, their records, who owns which partition. */
@NullMarked
package dev.traced.topics;

import org.jspecify.annotations.NullMarked;
