package dev.traced.topics;

import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of logs between an assembler and a query service: each value after its length, -1 at their end, and if there is a
 * next page where it begins. Numbers are big-endian. Values stay apart, as a log that came in two of them was sent twice.
 */
public final class LogPageFrames {
    private static final int END = -1;

    private LogPageFrames() {}

    public static void write(LogPage page, OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        for (byte[] value : page.values()) {
            data.writeInt(value.length);
            data.write(value);
        }
        data.writeInt(END);
        LogPosition next = page.next();
        if (next != null) {
            data.writeInt(next.bucket());
            data.writeLong(next.offset());
        }
        data.flush();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if it is something else
     */
    public static LogPage read(byte[] frames) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(frames);
        try {
            List<byte[]> values = new ArrayList<>();
            for (int length = in.getInt(); length != END; length = in.getInt()) {
                if (length < 0 || length > in.remaining()) {
                    throw new IOException("a value of " + length + " bytes where " + in.remaining() + " are left");
                }
                byte[] value = new byte[length];
                in.get(value);
                values.add(value);
            }
            return new LogPage(values, in.hasRemaining() ? new LogPosition(in.getInt(), in.getLong()) : null);
        } catch (BufferUnderflowException e) {
            throw new IOException("a page of logs ended early", e);
        }
    }
}
