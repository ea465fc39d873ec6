package dev.traced.tracer.instrument;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;

/** Ends the span of a request whose response outlives its servlet's call. */
record EndOfResponse(ServerSpan span, HttpServletResponse response) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
        span.end(response.getStatus());
    }

    /** The response goes on: Javalin answers it, or Jetty does. */
    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {
        span.threw(event.getThrowable());
    }

    /** A new cycle begins without the listeners of the last one. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
