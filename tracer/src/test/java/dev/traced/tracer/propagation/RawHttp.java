package dev.traced.tracer.propagation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** HTTP without a client's opinion of which headers may be sent. */
final class RawHttp {
    private static final int LIMIT_MILLIS = 10_000;

    private RawHttp() {}

    /** @return the whole answer, its status line first */
    static String post(URI url, HeaderLines headers, String body) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(LIMIT_MILLIS);
            String request = "POST " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                    + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n"
                    + String.join("\r\n", headers.lines())
                    + (headers.lines().isEmpty() ? "\r\n" : "\r\n\r\n")
                    + body;
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
