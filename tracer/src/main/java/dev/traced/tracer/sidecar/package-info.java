/**
 * A reverse proxy that gives a service in any language its server spans: {@link dev.traced.tracer.sidecar.Sidecar}.
 *
 * <p>{@code EventLoop} takes a request → {@code Exchange} passes it on ({@code EndToEnd} knows which headers go on, {@code
 * Upstream} has the connections) and its answer back → {@code ServerSpan} says what became of it, under a name of {@code
 * SpanNames}. Everything of one exchange happens on one event loop, so that nothing waits for a thread or a lock.
 */
@NullMarked
package dev.traced.tracer.sidecar;

import org.jspecify.annotations.NullMarked;
