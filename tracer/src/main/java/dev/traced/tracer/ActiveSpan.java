package dev.traced.tracer;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A span that is the current one of the thread that started it; closing it ends it.
 *
 * <p>No method throws, whatever it is given and whenever it is called: what is null is left out, and what comes after
 * the end changes nothing. Any thread may call any method. A span may be closed by another thread, or before those
 * below it: it ends at once, and the thread that started it leaves it as soon as it starts or closes its next one, so
 * that nothing that comes later is taken for a part of it. (A scope of OpenTelemetry that is closed out of order
 * stays current for good.)
 */
public final class ActiveSpan implements AutoCloseable {
    private static final ContextKey<ActiveSpan> KEY = ContextKey.named("traced-active-span");

    private final Span span;
    private final Context context;
    private final Thread owner = Thread.currentThread();
    private volatile boolean closed;
    private @Nullable Scope
            scope; // the owner's, until it has left: it keeps the span before, and that the one before it

    @SuppressWarnings("MustBeClosedChecker") // leave() closes it
    private ActiveSpan(Span span, Context parent) {
        this.span = span;
        this.context = parent.with(span).with(KEY, this);
        this.scope = context.makeCurrent();
    }

    /** Makes a span the current one of this thread, with what else is in the context of its parent. */
    static ActiveSpan of(Span span, Context parent) {
        return new ActiveSpan(span, parent);
    }

    /** The context of this thread, without the spans it started that have been closed meanwhile. */
    static Context current() {
        Context current = Context.current();
        ActiveSpan top = current.get(KEY);
        while (top != null && top.canBeLeftIn(current)) {
            top.leave();
            current = Context.current();
            top = current.get(KEY);
        }
        return current;
    }

    /** Another text, number or truth about what the span stands for; a key that is there already gets the new value. */
    public ActiveSpan attribute(@Nullable String key, @Nullable String value) {
        if (key != null && value != null) {
            span.setAttribute(key, value);
        }
        return this;
    }

    public ActiveSpan attribute(@Nullable String key, long value) {
        if (key != null) {
            span.setAttribute(key, value);
        }
        return this;
    }

    public ActiveSpan attribute(@Nullable String key, double value) {
        if (key != null) {
            span.setAttribute(key, value);
        }
        return this;
    }

    public ActiveSpan attribute(@Nullable String key, boolean value) {
        if (key != null) {
            span.setAttribute(key, value);
        }
        return this;
    }

    /** Something that happens now. */
    public ActiveSpan event(@Nullable String name) {
        return event(name, Attributes.empty());
    }

    public ActiveSpan event(@Nullable String name, @Nullable Attributes attributes) {
        if (name != null) {
            span.addEvent(name, attributes == null ? Attributes.empty() : attributes);
        }
        return this;
    }

    /** Another span that has to do with this one, of this trace or another; one that is not valid is left out. */
    public ActiveSpan link(@Nullable SpanContext other) {
        if (other != null && other.isValid()) {
            span.addLink(other);
        }
        return this;
    }

    /** Another name, for what is known only later: the route of a request, for example. */
    public ActiveSpan name(@Nullable String name) {
        if (name != null && !name.isEmpty()) {
            span.updateName(name);
        }
        return this;
    }

    /**
     * Records what went wrong as an event {@code exception}; the span is an error, unless it was said to be {@link
     * #ok()}.
     */
    public ActiveSpan fail(@Nullable Throwable cause) {
        if (cause == null) {
            return fail("");
        }
        String reason = cause.getClass().getName();
        try {
            String message = cause.getMessage();
            if (message != null) {
                reason = message;
            }
            span.recordException(cause);
        } catch (RuntimeException e) {
            // Its own message or stack trace could not be had: the status still says that it failed.
            span.addEvent("exception");
        }
        return fail(reason);
    }

    /** The span is an error, for this reason, unless it was said to be {@link #ok()}. */
    public ActiveSpan fail(@Nullable String reason) {
        span.setStatus(StatusCode.ERROR, reason == null ? "" : reason);
        return this;
    }

    /**
     * The span is a success, whatever was said before or will be. Without it the status is unset, which is what a
     * success usually has (OpenTelemetry's specification of the tracing API, "Set Status": ok is final).
     */
    public ActiveSpan ok() {
        span.setStatus(StatusCode.OK);
        return this;
    }

    /** For all that a span of OpenTelemetry can. */
    public Span span() {
        return span;
    }

    /** For work elsewhere that is to be below this span: {@code context().wrap(task)}. */
    public Context context() {
        return context;
    }

    /** Ends the span; the second time nothing. */
    @Override
    public void close() {
        closed = true;
        span.end();
        current();
    }

    /** A context may be carried to other threads, and made current anew: only the owner leaves it, and once. */
    @SuppressWarnings("ReferenceEquality") // a context has no other identity
    private boolean canBeLeftIn(Context current) {
        return closed && owner == Thread.currentThread() && scope != null && context == current;
    }

    private void leave() {
        Scope entered = scope;
        scope = null;
        if (entered != null) {
            entered.close();
        }
    }
}
