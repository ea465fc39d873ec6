package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Server-sent events to one client. What is written goes no further than the server's own buffer until {@link #flush};
 * both wait for a client that reads slowly. Not thread-safe.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
final class EventStream {
    private static final int RETRY_MS = 1_000;

    private final OutputStream out;
    private String lastId = "";
    private long writtenNanos = System.nanoTime();

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** Says how soon to come back, and where the stream begins, so that who leaves before the first event misses none. */
    void begin(TailPosition position) throws IOException {
        write("retry: " + RETRY_MS + "\n");
        heartbeat(position);
    }

    /** Sends an event. {@code data} is one line. */
    void send(String event, TailPosition position, ByteArrayOutputStream data) throws IOException {
        lastId = position.toString();
        write("event: " + event + "\nid: " + lastId + "\ndata: ");
        data.writeTo(out);
        write("\n\n");
    }

    /** Sends nothing that a client tells its user, but the position if it has changed: then it comes back there. */
    void heartbeat(TailPosition position) throws IOException {
        String id = position.toString();
        write(id.equals(lastId) ? ":\n\n" : "id: " + id + "\n\n");
        lastId = id;
        flush();
    }

    /** How long ago something was last written, in nanoseconds. */
    long silentNanos() {
        return System.nanoTime() - writtenNanos;
    }

    void flush() throws IOException {
        out.flush();
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        writtenNanos = System.nanoTime();
    }
}
