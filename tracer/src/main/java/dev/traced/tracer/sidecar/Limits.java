package dev.traced.tracer.sidecar;

import java.time.Duration;

/** What one sidecar takes at most. */
final class Limits {
    /** Of clients, over all event loops; each has one connection to the service at most. What is beyond is closed. */
    static final int MAX_CONNECTIONS = 1024;

    /** Of the request line and of all headers; more is answered with 414 and 431. */
    static final int MAX_HEADER_BYTES = 64 * 1024;

    /** The parts that bodies are passed on in. */
    static final int CHUNK_BYTES = 64 * 1024;

    /** How long a client may take for the head of its first or next request. */
    static final Duration NEXT_REQUEST = Duration.ofSeconds(75);

    /** How long a body or WebSocket may stand still; long, since events of a stream may be rare. */
    static final Duration SILENT_CONNECTION = Duration.ofHours(1);

    /** How long the rest of a body is read that nobody wants, so that the client sees the answer before its connection closes. */
    static final Duration DISCARD_REST = Duration.ofSeconds(1);

    /** How long requests that have begun may go on after the sidecar was told to stop. */
    static final Duration LAST_REQUESTS = Duration.ofSeconds(8);

    private Limits() {}
}
