package dev.traced.ingest;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpProblem;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a live tail on from the query service, event by event, for as long as both sides want. Each has a thread of its
 * own, apart from those of other queries, and holds a buffer; a client that reads slowly slows the query service's side of
 * it. For use by any number of threads.
 *
 * <p>By {@link HttpURLConnection}, since that gives up on a query service from which nothing comes any more, not even a
 * heartbeat; {@link java.net.http.HttpClient} would wait for ever.
 */
final class TailForwarder implements Handler, AutoCloseable {
    /** As many as a query service has. */
    private static final int MAX_TAILS = 16;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /** Of the headers; and several heartbeats. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final int BUFFER_BYTES = 16 << 10;
    private static final int MAX_ERROR_BYTES = 64 << 10;
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final List<String> PASSED_ON =
            List.of(Header.CONTENT_TYPE, Header.CACHE_CONTROL, Header.RETRY_AFTER, "X-Accel-Buffering");
    private static final Logger LOG = LoggerFactory.getLogger(TailForwarder.class);

    private final Handler tails = new Bulkhead("forward-tail", MAX_TAILS, 0).around(this::forward);
    private final String base;
    private volatile boolean isClosed;

    TailForwarder(URI queryService) {
        String text = queryService.toString();
        this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void handle(Context ctx) throws Exception {
        tails.handle(ctx);
    }

    private void forward(Context ctx) {
        HttpURLConnection upstream = null;
        try {
            upstream = connect(ctx);
            int status = upstream.getResponseCode();
            for (String header : PASSED_ON) {
                String value = upstream.getHeaderField(header);
                if (value != null) {
                    ctx.header(header, value);
                }
            }
            ctx.status(status);
            if (status == 200) {
                // Not the stream of the context, which would compress.
                copy(upstream.getInputStream(), ctx.res().getOutputStream());
            } else {
                InputStream error = upstream.getErrorStream();
                ctx.result(error == null ? new byte[0] : error.readNBytes(MAX_ERROR_BYTES));
            }
        } catch (IOException e) {
            if (!ctx.res().isCommitted()) {
                throw new HttpProblem(503, "the query service at " + base + " cannot be reached");
            }
            LOG.atDebug().setCause(e).log("a live tail ends");
        } finally {
            if (upstream != null) {
                upstream.disconnect();
            }
        }
    }

    private HttpURLConnection connect(Context ctx) throws IOException {
        String query = ctx.queryString();
        String target = ctx.req().getRequestURI() + (query == null ? "" : "?" + query);
        HttpURLConnection upstream = (HttpURLConnection)
                URI.create(base + Uris.encoded(target)).toURL().openConnection();
        upstream.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
        upstream.setReadTimeout((int) SILENCE.toMillis());
        upstream.setInstanceFollowRedirects(false);
        upstream.setUseCaches(false);
        upstream.setRequestProperty(Header.ACCEPT, "text/event-stream");
        String lastEventId = ctx.header(LAST_EVENT_ID);
        if (lastEventId != null) {
            upstream.setRequestProperty(LAST_EVENT_ID, lastEventId);
        }
        return upstream;
    }

    /** Heartbeats come often enough for a stop to be noticed between them. */
    private void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0 && !isClosed; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            out.flush();
        }
    }

    /** Ends the tails within a heartbeat. */
    @Override
    public void close() {
        isClosed = true;
    }
}
