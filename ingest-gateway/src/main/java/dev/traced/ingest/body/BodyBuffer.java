package dev.traced.ingest.body;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Bytes of a body in memory. It keeps a small array from one body to the next; what a body needs beyond that is taken
 * from a budget that all buffers share, and given back with {@link #clear}. Not for use by two threads.
 */
public final class BodyBuffer {
    /** A usual batch needs no more. */
    private static final int KEPT_BYTES = 256 * 1024;

    private static final int FIRST_BYTES = 32 * 1024;

    private final int maxBytes;
    private final ByteBudget budget;
    private byte[] kept = new byte[0];
    private byte[] bytes = kept;
    private int length;
    private long taken;

    public BodyBuffer(int maxBytes, ByteBudget budget) {
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /** The array whose first {@link #length} bytes are the content. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /**
     * Appends all of {@code in}.
     *
     * @param tick is run between reads and may throw to give up
     * @throws TooLargeException if there is more than a body may have
     * @throws OverloadedException if the budget is used up
     */
    public void readAll(InputStream in, Runnable tick) throws IOException {
        while (true) {
            if (length == bytes.length) {
                if (length == maxBytes) {
                    requireEnd(in);
                    return;
                }
                grow();
            }
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return;
            }
            length += read;
            tick.run();
        }
    }

    /** Forgets the content and gives back what it took. */
    public void clear() {
        budget.giveBack(taken);
        taken = 0;
        length = 0;
        bytes = kept;
    }

    private void requireEnd(InputStream in) throws IOException {
        if (in.read() >= 0) {
            throw new TooLargeException("the body must have at most " + maxBytes + " bytes, uncompressed");
        }
    }

    private void grow() {
        int size = (int) Math.min(maxBytes, Math.max(FIRST_BYTES, 2L * bytes.length));
        if (size > KEPT_BYTES) {
            // The old array is garbage as soon as it is copied: only the difference is new.
            if (!budget.tryTake(size - taken)) {
                throw new OverloadedException("too many large bodies at a time");
            }
            taken = size;
        }
        bytes = Arrays.copyOf(bytes, size);
        if (size <= KEPT_BYTES) {
            kept = bytes;
        }
    }
}
