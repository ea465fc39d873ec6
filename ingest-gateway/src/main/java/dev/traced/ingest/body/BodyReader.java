package dev.traced.ingest.body;

import dev.traced.http.HttpProblem;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body at a time into memory, unzipped. Not for use by two threads.
 *
 * <p>The compressed bytes are read as a whole before they are unzipped. Then a slow sender and a bomb are two separate
 * matters, and what follows a gzip member is known and not just what has arrived so far.
 */
public final class BodyReader {
    private static final int INFLATE_BYTES = 16 * 1024;

    private final BodyBuffer raw;
    private final BodyBuffer unzipped;
    private final int maxBytes;
    private final Duration timeout;
    private final LongSupplier nanoTime;

    public BodyReader(int maxBytes, ByteBudget budget, Duration timeout, LongSupplier nanoTime) {
        this.raw = new BodyBuffer(maxBytes, budget);
        this.unzipped = new BodyBuffer(maxBytes, budget);
        this.maxBytes = maxBytes;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
    }

    /**
     * The content of a body; it is valid until {@link #clear}, which must follow whatever happens.
     *
     * @param encoding the value of Content-Encoding
     * @throws InvalidBatchException if the encoding is not known, or the body not encoded that way
     * @throws TooLargeException if the body is too large, or would be unzipped
     * @throws OverloadedException if there is no memory for it now
     * @throws HttpProblem if it takes too long to arrive
     * @throws IOException if the client went away
     */
    public BodyBuffer read(InputStream in, @Nullable String encoding) throws IOException {
        readRaw(in);
        if (encoding == null) {
            return raw;
        }
        switch (encoding.trim().toLowerCase(Locale.ROOT)) {
            case "identity" -> {
                return raw;
            }
            case "gzip", "x-gzip" -> {
                unzip();
                return unzipped;
            }
            default ->
                throw new InvalidBatchException(
                        "Content-Encoding must be gzip, identity or absent, was " + Quoted.text(encoding));
        }
    }

    public void clear() {
        raw.clear();
        unzipped.clear();
    }

    private void readRaw(InputStream in) throws IOException {
        long deadline = nanoTime.getAsLong() + timeout.toNanos();
        try {
            raw.readAll(in, () -> requireBefore(deadline));
        } catch (TooLargeException | OverloadedException e) {
            try {
                skipRest(in, deadline);
            } catch (IOException gone) {
                e.addSuppressed(gone); // it stalls or has gone: what is wrong is still what it was
            }
            throw e;
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw tooSlow();
            }
            throw e;
        }
    }

    /**
     * Takes in what the client is still sending, within bounds: an answer sent meanwhile, with the connection closed
     * behind it, is lost on many clients.
     */
    private void skipRest(InputStream in, long deadline) throws IOException {
        byte[] ignored = new byte[INFLATE_BYTES];
        int skipped = 0;
        int read = 0;
        while (read >= 0 && skipped < maxBytes) {
            read = in.read(ignored);
            skipped += read;
            requireBefore(deadline);
        }
    }

    private void requireBefore(long deadline) {
        if (nanoTime.getAsLong() - deadline > 0) {
            throw tooSlow();
        }
    }

    private HttpProblem tooSlow() {
        return new HttpProblem(408, "the body must arrive within " + timeout.toSeconds() + " s");
    }

    private void unzip() {
        try (InputStream in =
                new GZIPInputStream(new ByteArrayInputStream(raw.bytes(), 0, raw.length()), INFLATE_BYTES)) {
            unzipped.readAll(in, () -> {});
        } catch (EOFException e) {
            throw new InvalidBatchException("the gzip body is truncated");
        } catch (IOException e) {
            throw new InvalidBatchException("the body is not gzip: " + e.getMessage());
        }
    }
}
