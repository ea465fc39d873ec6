package dev.traced.tracer.instrument;

import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.router.Endpoint;
import io.javalin.router.ParsedEndpoint;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which of a Javalin's routes a request takes. */
record Route(JavalinServlet servlet, JavalinServletContext request, String path) implements Supplier<@Nullable String> {
    /** The route as it was declared, below the context path; null where there is none. */
    @Override
    public @Nullable String get() {
        Endpoint endpoint = request.endpoints().matchedHttpEndpoint();
        if (endpoint == null) {
            // One that a handler before it has turned away is still a request of its route.
            ParsedEndpoint found = servlet.getRouter().findFirstHttpHandlerEntry(request.method(), path);
            endpoint = found == null ? null : found.endpoint;
        }
        return endpoint == null ? null : request.contextPath() + endpoint.path;
    }
}
