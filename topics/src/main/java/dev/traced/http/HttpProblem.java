package dev.traced.http;

/**
 * An answer other than success, thrown by a handler and turned into {@code {"error": message}} by {@link HttpEdge}. It
 * carries no stack trace: it is the client's news, not ours, and a hostile client must not make us walk stacks.
 */
public final class HttpProblem extends RuntimeException {
    private final int status;

    public HttpProblem(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** The message; never null here. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
