package dev.traced.tracer.node;

import dev.traced.tracer.node.wire.Lines;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node on a pair of streams. A thread of its own does nothing but read, so that the node's can wait for input and know how
 * long it has been quiet.
 */
public final class NodeLoop {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CHUNKS_AHEAD = 4;
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final InputStream in;
    private final Node node;
    private final Duration idleGap;
    private final BlockingQueue<ByteBuffer> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private @Nullable IOException failure; // set before END is put, read after it was taken

    private NodeLoop(InputStream in, Node node, Duration idleGap) {
        this.in = in;
        this.node = node;
        this.idleGap = idleGap;
    }

    /**
     * Answers until the end of the input.
     *
     * @param idleGap for how long the input has to be quiet before traces close
     * @param bytes what the node may keep, roughly
     * @return the ids of the traces that did not close, since their root or a parent has not come
     * @throws IOException if the input cannot be read
     * @throws UncheckedIOException if nobody reads the answers
     */
    public static List<String> run(InputStream in, OutputStream out, Duration idleGap, long bytes)
            throws IOException, InterruptedException {
        NodeLoop loop = new NodeLoop(in, new Node(out, bytes), idleGap);
        Thread reader = new Thread(loop::read, "node-input");
        reader.setDaemon(true);
        reader.start();
        try {
            loop.answer();
            return loop.node.incomplete();
        } finally {
            reader.interrupt();
        }
    }

    private void answer() throws IOException, InterruptedException {
        Lines lines = new Lines(node);
        boolean isQuiet = true;
        while (true) {
            ByteBuffer chunk = isQuiet ? chunks.take() : chunks.poll(idleGap.toNanos(), TimeUnit.NANOSECONDS);
            isQuiet = chunk == null;
            if (chunk == null) {
                node.quiet();
            } else if (chunk.hasRemaining()) {
                lines.add(chunk);
            } else {
                break;
            }
        }
        lines.end();
        node.quiet();
        if (failure != null) {
            throw failure;
        }
    }

    private void read() {
        try {
            readAll();
            chunks.put(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody waits for more
        }
    }

    private void readAll() throws InterruptedException {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                chunks.put(ByteBuffer.wrap(Arrays.copyOf(buffer, read)));
            }
        } catch (IOException e) {
            failure = e;
        }
    }
}
