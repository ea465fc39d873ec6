package dev.traced.tracer.instrument;

import dev.traced.tracer.Tracing;
import io.javalin.config.JavalinState;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.Task;
import io.javalin.http.servlet.TaskHandler;
import io.javalin.plugin.Plugin;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import jakarta.servlet.DispatcherType;
import java.util.Deque;
import java.util.EnumSet;
import kotlin.Unit;
import org.eclipse.jetty.ee10.servlet.FilterHolder;

/**
 * A plugin of Javalin that makes a SERVER span of each request, below the caller's:
 *
 * <pre>{@code
 * Javalin.create(config -> config.registerPlugin(new JavalinTracing(tracing)))
 * }</pre>
 *
 * <p>A span is named by its route, {@code GET /orders/{id}}, or by its method alone where none matched, so that there are as many
 * names as routes. It has what OpenTelemetry's conventions for HTTP spans ask for, but no query, which may hold secrets. A status
 * of 500 and above is an error, with the exception that a handler threw. The span ends with the response, that of a future or of
 * server-sent events, too.
 *
 * <p>Its context is the current one in handlers, mappers of exceptions and errors, whichever thread they are on. What runs
 * elsewhere, the task of {@code ctx.async} and the client of server-sent events, takes it from {@link #context}. The exception
 * of a future is not seen: the span has its status only.
 */
public final class JavalinTracing extends Plugin<Void> {
    private final OpenTelemetry telemetry;

    public JavalinTracing(Tracing tracing) {
        this(tracing.openTelemetry());
    }

    JavalinTracing(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** The context of a request's span, for what runs on a thread of its own; the root context without the plugin. */
    public static Context context(io.javalin.http.Context request) {
        ServerSpan span = request.attribute(ServerSpan.ATTRIBUTE);
        return span == null ? Context.root() : span.context();
    }

    /**
     * A servlet filter, since only there errors of Javalin itself and the end of an asynchronous response are seen; the
     * request's life cycle beside it, since only there the route is known.
     */
    @Override
    public void onStart(JavalinState state) {
        FilterHolder filter = new FilterHolder(new TracingFilter(InstrumentationScope.of(telemetry)));
        filter.setAsyncSupported(true);
        state.jetty.modifyServletContextHandler(
                handler -> handler.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST)));
        // Last, so that the tasks of all others are there.
        state.servletRequestLifecycle.add((submit, servlet, request, path) -> follow(servlet, request, path));
    }

    private static void follow(JavalinServlet servlet, JavalinServletContext request, String path) {
        ServerSpan span = request.attribute(ServerSpan.ATTRIBUTE);
        if (span == null) {
            return; // another container than Javalin's own Jetty
        }
        span.routedBy(new Route(servlet, request, path));
        Deque<Task> tasks = request.getTasks();
        for (int left = tasks.size(); left > 0; left--) {
            Task task = tasks.remove();
            tasks.add(new Task(task.getSkipOnExceptionAndRedirect(), new Step(span, task.getHandler())));
        }
    }

    /** A class and no lambda: a request has some of them, and C1 makes a lambda that holds something by a native call. */
    private record Step(ServerSpan span, TaskHandler<Unit> handler) implements TaskHandler<Unit> {
        @Override
        public Unit handle() {
            return span.during(handler);
        }
    }
}
