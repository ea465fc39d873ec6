package dev.traced.tracer.instrument;

import io.opentelemetry.context.Scope;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Opens the span of a request, and ends it with its response. */
final class TracingFilter implements Filter {
    private final InstrumentationScope scope;

    TracingFilter(InstrumentationScope scope) {
        this.scope = scope;
    }

    @Override
    @SuppressWarnings("try") // the scope does all it does by being closed
    public void doFilter(ServletRequest any, ServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) any;
        HttpServletResponse response = (HttpServletResponse) answer;
        ServerSpan span = ServerSpan.start(scope, request);
        request.setAttribute(ServerSpan.ATTRIBUTE, span);
        try (Scope current = span.context().makeCurrent()) {
            chain.doFilter(request, response);
        } catch (Throwable e) {
            span.failed(e);
            throw e;
        }
        if (request.isAsyncStarted()) {
            request.getAsyncContext().addListener(new EndOfResponse(span, response));
        } else {
            span.end(response.getStatus());
        }
    }
}
