package dev.traced.tracer.node.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Cuts bytes into lines as they come. A line that is too long is told of once, and its rest is thrown away. */
public final class Lines {
    /** What a line may have, without its end. */
    public static final int MAX_BYTES = 1 << 20;

    private final Reader reader;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean isTooLong;

    /** Who is given the lines. */
    public interface Reader {
        void line(byte[] bytes);

        /** In the place of a line of more than {@value #MAX_BYTES} bytes. */
        void tooLong();
    }

    public Lines(Reader reader) {
        this.reader = reader;
    }

    public void add(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int from = bytes.position();
            int at = from;
            while (at < bytes.limit() && bytes.get(at) != '\n') {
                at++;
            }
            append(bytes, at - from);
            if (bytes.hasRemaining()) {
                bytes.get();
                end();
            }
        }
    }

    /** Ends the last line, which need not have an end of its own. */
    public void end() {
        if (!isTooLong && line.size() > 0) {
            reader.line(line.toByteArray());
        }
        line.reset();
        isTooLong = false;
    }

    private void append(ByteBuffer bytes, int length) {
        byte[] part = new byte[length];
        bytes.get(part);
        if (isTooLong) {
            return;
        }
        if (line.size() + length > MAX_BYTES) {
            isTooLong = true;
            line.reset();
            reader.tooLong();
            return;
        }
        line.writeBytes(part);
    }
}
