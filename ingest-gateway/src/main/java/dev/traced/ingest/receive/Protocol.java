package dev.traced.ingest.receive;

import dev.traced.ingest.body.BodyBuffer;
import io.javalin.http.Context;
import java.io.IOException;

/** A way to send spans or logs over HTTP: how a body is read, and how the answers look. For use by any number of threads. */
public interface Protocol<R extends Receipt> {
    /** A reader for one thread; its buffers and caches serve one request after the other. */
    Reader<R> reader();

    /** Everything that was not rejected is in Kafka. */
    void accepted(Context ctx, R receipt);

    /** Nothing was taken, or not all of it for certain. A {@code Retry-After} is set where trying again may help. */
    void refused(Context ctx, int status, String message);

    /** Not for use by two threads. */
    interface Reader<R extends Receipt> {
        /**
         * Reads a body.
         *
         * @param ctx for the headers; the answer is not written here
         * @param admission which of the valid spans are let in
         * @throws dev.traced.ingest.body.InvalidBatchException if nothing can be taken
         * @throws dev.traced.ingest.body.TooLargeException if a span does not fit and the protocol cannot leave it out
         * @throws dev.traced.http.HttpProblem if the request is not one for this protocol
         */
        Received<R> read(Context ctx, BodyBuffer body, Admission admission) throws IOException;
    }
}
