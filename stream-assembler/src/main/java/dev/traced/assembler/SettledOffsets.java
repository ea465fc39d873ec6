package dev.traced.assembler;

import java.util.concurrent.CompletionStage;

/**
 * Tells up to which offset a restored store has certainly seen its partition, before it sees the first record itself:
 * without that, a partition to which nobody writes could never pass the read barrier after a restart.
 */
public interface SettledOffsets {
    /** The last offset of the partition of topic {@code spans} that is settled; -1 if there is none. */
    CompletionStage<Long> lastSettled(int partition);
}
