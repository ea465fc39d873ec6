/** The state of one partition: how a trace is laid out in rows, one RocksDB, its queries, its eviction. */
@NullMarked
package dev.traced.assembler.store;

import org.jspecify.annotations.NullMarked;
