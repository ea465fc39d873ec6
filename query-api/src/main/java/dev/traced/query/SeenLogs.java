package dev.traced.query;

import java.nio.ByteBuffer;

/**
 * Remembers which logs there were, 16 bytes of each. When there are more than {@link #MAX} different ones it forgets them
 * and begins anew: what an exporter sends again comes soon after.
 */
final class SeenLogs {
    /** They take 8 MiB, and 12 while they are moved, of a heap that may have 192. */
    static final int MAX = 1 << 18;

    private static final int FEWEST_SLOTS = 1 << 10;

    /** Two a slot, 0 and 0 in a free one. A hash is in the slot its last bits say, or one of those behind it. */
    private long[] hashes = new long[2 * FEWEST_SLOTS];

    private int size;

    /** Half of the SHA-256 of a log and its origin: two logs of the same one will not be seen. */
    record Hash(long high, long low) {}

    Hash hash(RawLog log) {
        ByteBuffer digest = Sha256.of(log.origin().digest(), log.bytes()).asReadOnlyByteBuffer();
        return new Hash(digest.getLong(), digest.getLong());
    }

    boolean contains(Hash hash) {
        return !isFree(slot(hash));
    }

    void add(Hash hash) {
        if (contains(hash)) {
            return;
        }
        if (size == MAX) {
            hashes = new long[2 * FEWEST_SLOTS];
            size = 0;
        } else if (4 * size >= hashes.length) {
            grow();
        }
        put(hash);
        size++;
    }

    private void grow() {
        long[] all = hashes;
        hashes = new long[2 * all.length];
        for (int i = 0; i < all.length; i += 2) {
            if (all[i] != 0 || all[i + 1] != 0) {
                put(new Hash(all[i], all[i + 1]));
            }
        }
    }

    private void put(Hash hash) {
        int slot = slot(hash);
        hashes[slot] = hash.high;
        hashes[slot + 1] = hash.low;
    }

    /** Where it is, or would be. */
    private int slot(Hash hash) {
        int mask = hashes.length - 1;
        int slot = 2 * (int) hash.low & mask;
        while (!isFree(slot) && (hashes[slot] != hash.high || hashes[slot + 1] != hash.low)) {
            slot = slot + 2 & mask;
        }
        return slot;
    }

    private boolean isFree(int slot) {
        return hashes[slot] == 0 && hashes[slot + 1] == 0;
    }
}
