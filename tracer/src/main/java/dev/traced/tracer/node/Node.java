package dev.traced.tracer.node;

import static java.util.Map.entry;

import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Lines;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import dev.traced.tracer.node.wire.RefusedException;
import dev.traced.tracer.node.wire.RefusedException.Code;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Answers messages, each before it takes the next. What is wrong is answered with an error, and the node goes on. It keeps
 * what came last, up to a limit. Not thread-safe.
 */
final class Node implements Lines.Reader {
    private final Outbox out;
    private final Collector collector;
    private final Map<String, Handler> handlers;

    /**
     * A node that knows nothing yet.
     *
     * @param bytes what it may keep, roughly: more than half of it traces, the rest spans that messages create, and logs
     */
    Node(OutputStream answers, long bytes) {
        out = new Outbox(answers);
        LogicalClock clock = new LogicalClock();
        collector = new Collector(clock, out, bytes * 6 / 10);
        SpanLife life = new SpanLife(clock, out, bytes * 3 / 10);
        Logs logs = new Logs(out, bytes / 10);
        TraceParents traceParents = new TraceParents(out);
        TracedServices services = new TracedServices(collector, clock, out);
        TraceQuestions questions = new TraceQuestions(collector, clock, out);
        handlers = Map.ofEntries(
                entry("http_request", services::request),
                entry("parse_traceparent", traceParents::parse),
                entry("generate_traceparent", traceParents::generate),
                entry("reconstruct_trace", questions::reconstruct),
                entry("create_span", life::create),
                entry("span_event", life::event),
                entry("span_link", life::link),
                entry("span_end", life::end),
                entry("span_error", life::error),
                entry("span", collector::span),
                entry("query_traces", questions::query),
                entry("instrument_service", services::instrument),
                entry("manual_instrument", services::countSpanStarts),
                entry("log", logs::log),
                entry("search_logs", logs::search));
    }

    /** Blank lines say nothing. */
    @Override
    public void line(byte[] bytes) {
        if (isBlank(bytes)) {
            return;
        }
        Message message;
        try {
            message = Message.read(bytes);
        } catch (RefusedException e) {
            out.refuse(e);
            return;
        }
        handle(message);
    }

    @Override
    public void tooLong() {
        out.refuse(new RefusedException(
                Code.MALFORMED_REQUEST, "a message must be at most " + Lines.MAX_BYTES + " bytes, was longer"));
    }

    /** Nothing has come for the idle gap, or will come any more. */
    void quiet() {
        collector.quiet();
    }

    /** The traces that lack their root or a parent. */
    List<String> incomplete() {
        return collector.traces().stream()
                .filter(trace -> !trace.isComplete())
                .map(CollectedTrace::id)
                .toList();
    }

    private void handle(Message message) {
        try {
            Fields body = message.body();
            String type = body.text("type");
            Handler handler = handlers.get(type);
            if (handler == null) {
                throw new RefusedException(Code.NOT_SUPPORTED, "type is not known: " + type);
            }
            handler.handle(message);
        } catch (RefusedException e) {
            out.refuse(message, e);
        } catch (UncheckedIOException e) {
            throw e; // nobody reads any more
        } catch (RuntimeException e) {
            // Asked for here only: to set logging up takes longer than most runs of a node.
            LoggerFactory.getLogger(Node.class).atError().setCause(e).log("a message could not be handled");
            out.refuse(message, new RefusedException(Code.CRASH, "the node failed: " + e));
        }
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
