package dev.traced.tracer.instrument;

import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads the context from a request's headers; a servlet container knows them in any case. */
enum RequestHeaders implements TextMapGetter<HttpServletRequest> {
    INSTANCE;

    @Override
    public @Nullable String get(@Nullable HttpServletRequest request, String name) {
        return request == null ? null : request.getHeader(name);
    }

    @Override
    public Iterator<String> getAll(@Nullable HttpServletRequest request, String name) {
        return request == null
                ? Collections.emptyIterator()
                : request.getHeaders(name).asIterator();
    }
}
