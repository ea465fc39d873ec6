package dev.traced.tracer.propagation;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The service at the end: it keeps the headers that it is called with. */
final class CallRecorder implements AutoCloseable {
    private final List<HeaderLines> calls = Collections.synchronizedList(new ArrayList<>());
    private final Javalin app;

    private CallRecorder() {
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.routes.post("/called", this::record);
                })
                .start("127.0.0.1", 0);
    }

    static CallRecorder start() {
        return new CallRecorder();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + app.port() + "/called");
    }

    private void record(Context call) {
        call.body(); // Jetty closes a connection whose request was not read, under the next call's feet
        HeaderLines headers = HeaderLines.of();
        call.req().getHeaderNames().asIterator().forEachRemaining(name -> call.req()
                .getHeaders(name)
                .asIterator()
                .forEachRemaining(value -> headers.lines().add(name + ": " + value)));
        calls.add(headers);
    }

    /** The calls since it was last asked. */
    List<HeaderLines> take() {
        List<HeaderLines> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    @Override
    public void close() {
        app.stop();
    }
}
