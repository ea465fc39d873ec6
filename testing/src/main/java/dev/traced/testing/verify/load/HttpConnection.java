package dev.traced.testing.verify.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * One HTTP/1.1 connection over a blocking socket, opened again after a failure. Just enough of the protocol for our own
 * servers; the JDK's client costs several times the CPU, which a load tool on the server's machine takes from the server.
 * Not thread-safe.
 */
final class HttpConnection implements AutoCloseable {

    private static final int MAX_LINE = 8_192;

    private final InetSocketAddress address;
    private final int timeoutMillis;
    private final byte[] buffer = new byte[64 * 1024];
    private Socket socket = new Socket();
    private int position;
    private int limit;
    private byte[] body = new byte[64 * 1024];
    private int bodyLength;

    HttpConnection(URI url, Duration timeout) {
        this.address = new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
        this.timeoutMillis = Math.toIntExact(timeout.toMillis());
    }

    /** Sends a whole request, head included, and reads the whole answer. Returns its status. */
    int exchange(byte[] request, int length) throws IOException {
        try {
            OutputStream out = connected().getOutputStream();
            out.write(request, 0, length);
            return readAnswer();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** How often this text occurs in the last answer's body. */
    int countInBody(byte[] text) {
        int found = 0;
        for (int i = 0; i <= bodyLength - text.length; i++) {
            if (body[i] == text[0] && Arrays.equals(body, i, i + text.length, text, 0, text.length)) {
                found++;
            }
        }
        return found;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, whatever it says.
        }
    }

    private Socket connected() throws IOException {
        if (!socket.isConnected() || socket.isClosed()) {
            socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            position = 0;
            limit = 0;
            // Resolved anew: the server may have moved.
            socket.connect(new InetSocketAddress(address.getHostString(), address.getPort()), timeoutMillis);
        }
        return socket;
    }

    private int readAnswer() throws IOException {
        String statusLine = readLine();
        if (!statusLine.matches("HTTP/1\\.[01] \\d{3}.*")) {
            throw new IOException("not an HTTP answer: " + statusLine);
        }
        int contentLength = 0;
        boolean isChunked = false;
        boolean isLast = false;
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                contentLength = Integer.parseInt(header.substring(15).trim());
            }
            isChunked |= header.startsWith("transfer-encoding:") && header.contains("chunked");
            isLast |= header.startsWith("connection:") && header.contains("close");
        }
        bodyLength = 0;
        if (isChunked) {
            readChunks();
        } else {
            readBody(contentLength);
        }
        if (isLast) {
            close();
        }
        return Integer.parseInt(statusLine.substring(9, 12));
    }

    private void readChunks() throws IOException {
        int size = chunkSize();
        while (size > 0) {
            readBody(size);
            readLine();
            size = chunkSize();
        }
        // Trailers, up to the empty line.
        String line = readLine();
        while (!line.isEmpty()) {
            line = readLine();
        }
    }

    private int chunkSize() throws IOException {
        String line = readLine();
        int extension = line.indexOf(';');
        return Integer.parseInt((extension < 0 ? line : line.substring(0, extension)).trim(), 16);
    }

    private void readBody(int length) throws IOException {
        if (body.length < bodyLength + length) {
            body = Arrays.copyOf(body, Math.max(2 * body.length, bodyLength + length));
        }
        int end = bodyLength + length;
        while (bodyLength < end) {
            fillIfEmpty();
            int available = Math.min(limit - position, end - bodyLength);
            System.arraycopy(buffer, position, body, bodyLength, available);
            position += available;
            bodyLength += available;
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_LINE) {
            fillIfEmpty();
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            line.append(new String(buffer, position, end - position, StandardCharsets.ISO_8859_1));
            position = Math.min(limit, end + 1);
            if (end < limit) {
                return line.toString().stripTrailing();
            }
        }
        throw new IOException("header line longer than " + MAX_LINE);
    }

    private void fillIfEmpty() throws IOException {
        if (position < limit) {
            return;
        }
        InputStream in = socket.getInputStream();
        int read = in.read(buffer);
        if (read < 0) {
            throw new EOFException("the server closed the connection");
        }
        position = 0;
        limit = read;
    }
}
