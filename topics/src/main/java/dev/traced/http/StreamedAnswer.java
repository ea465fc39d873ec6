package dev.traced.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is written piece by piece, so that it is never in memory as a whole. One that fails before its first piece
 * is full is an error as any other; later the connection is cut ({@link HttpEdge#error}), and never does it end as if it
 * were whole.
 */
public final class StreamedAnswer extends OutputStream {
    private static final int PIECE_BYTES = 32 << 10;
    private static final String BEGUN = "answer-begun";

    private final Context ctx;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int size;
    private @Nullable OutputStream out;

    private StreamedAnswer(Context ctx) {
        this.ctx = ctx;
    }

    /** Writes the body. */
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Sends what is written. Closing the stream does nothing: only a body that came to its end is ended. */
    public static void write(Context ctx, Body body) throws IOException {
        StreamedAnswer answer = new StreamedAnswer(ctx);
        body.writeTo(answer);
        answer.sendPiece();
    }

    /** Whether something of it may have left: what zips an answer keeps the first of it back for a while. */
    static boolean hasBegun(Context ctx) {
        return ctx.res().isCommitted() || ctx.attribute(BEGUN) != null;
    }

    @Override
    public void write(int b) throws IOException {
        if (size == PIECE_BYTES) {
            sendPiece();
        }
        piece[size++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int at = from; at < from + length; ) {
            if (size == PIECE_BYTES) {
                sendPiece();
            }
            int next = Math.min(from + length - at, PIECE_BYTES - size);
            System.arraycopy(bytes, at, piece, size, next);
            size += next;
            at += next;
        }
    }

    private void sendPiece() throws IOException {
        if (out == null) {
            ctx.attribute(BEGUN, true);
            out = ctx.outputStream();
        }
        out.write(piece, 0, size);
        size = 0;
    }
}
