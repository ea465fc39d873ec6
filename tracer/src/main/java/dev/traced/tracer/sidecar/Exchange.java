package dev.traced.tracer.sidecar;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.ProtocolException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, passed on as they come: bodies are streamed both ways, each no faster than the other side takes
 * it. Used by one event loop.
 *
 * <pre>
 * client ── received ──▶ sent ──────▶ service
 *        ◀── answer ──── response ◀──
 * </pre>
 */
final class Exchange {
    /** What may be sent a second time when the connection turns out to be closed (RFC 9110, section 9.2.2). */
    private static final Set<HttpMethod> REPEATABLE = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE, HttpMethod.DELETE, HttpMethod.PUT);

    private final Vertx vertx;
    private final SidecarConfig config;
    private final Upstream upstream;
    private final HttpServerRequest received;
    private final HttpServerResponse answer;
    private final ServerSpan span;

    private @Nullable HttpClientRequest sent;
    private @Nullable HttpClientResponse response;
    private long watch = -1;
    private long receivedAtWatch;
    private boolean closesAfter;
    private boolean isRefused;
    private boolean hasUpgraded;
    private boolean isOver;
    private final Promise<Void> over = Promise.promise();

    Exchange(Vertx vertx, SidecarConfig config, Upstream upstream, HttpServerRequest received, ServerSpan span) {
        this.vertx = vertx;
        this.config = config;
        this.upstream = upstream;
        this.received = received;
        this.answer = received.response();
        this.span = span;
    }

    /** Completes when the answer has been passed on, or never will be. */
    Future<Void> begin() {
        received.pause();
        received.exceptionHandler(e -> clientGone()); // Vert.x would log it
        answer.exceptionHandler(e -> clientGone());
        answer.closeHandler(closed -> clientGone());
        Refusal refusal = refusal();
        if (refusal != null) {
            refuse(refusal);
        } else {
            watch();
            connect(true);
        }
        return over.future();
    }

    /** Whether the connection is no longer one of HTTP, and of no more requests. */
    boolean hasUpgraded() {
        return hasUpgraded;
    }

    /** Whether this is the last request of its connection; known before the answer ends. */
    boolean closesAfter() {
        return closesAfter;
    }

    private @Nullable Refusal refusal() {
        if (received.method().equals(HttpMethod.CONNECT)) {
            return Refusal.CONNECT;
        }
        if (received.version() == HttpVersion.HTTP_1_1
                && received.headers().getAll("host").size() != 1) {
            return Refusal.NO_HOST;
        }
        String coding = received.getHeader("transfer-encoding");
        return coding == null || coding.trim().equalsIgnoreCase("chunked") ? null : Refusal.UNKNOWN_CODING;
    }

    private void connect(boolean mayRepeat) {
        upstream.request(received.method(), RequestTarget.originForm(received.uri()))
                .map(request -> send(request, mayRepeat))
                .onFailure(this::failed);
    }

    private @Nullable Void send(HttpClientRequest request, boolean mayRepeat) {
        sent = request;
        request.exceptionHandler(e -> {}); // the future of the response has it too
        if (isOver || isRefused) {
            resetSent();
            return null;
        }
        boolean mayBeStale = upstream.isReused(request);
        EndToEnd.ofRequest(received, request.headers());
        span.inject(request.headers());
        if (received.version() == HttpVersion.HTTP_1_1) {
            request.continueHandler(go -> answer.writeContinue());
            request.earlyHintsHandler(answer::writeEarlyHints);
        }
        head(request).map(this::respond).onFailure(e -> {
            if (mayRepeat && mayBeStale && isRepeatable()) {
                connect(false);
            } else {
                failed(e);
            }
        });
        return null;
    }

    private Future<HttpClientResponse> head(HttpClientRequest request) {
        if (isUpgrade()) {
            request.headers().set("connection", "Upgrade").set("upgrade", "websocket");
            return request.connect();
        }
        Future<HttpClientResponse> head = request.response();
        sendBody(request);
        return head;
    }

    private boolean isUpgrade() {
        return received.method().equals(HttpMethod.GET)
                && received.version() == HttpVersion.HTTP_1_1
                && !hasBody()
                && received.headers().contains("upgrade", "websocket", true);
    }

    private boolean isRepeatable() {
        return !isOver && response == null && !hasBody() && REPEATABLE.contains(received.method());
    }

    private boolean hasBody() {
        String length = received.getHeader("content-length");
        return received.headers().contains("transfer-encoding") || (length != null && !length.equals("0"));
    }

    private void sendBody(HttpClientRequest request) {
        if (!hasBody()) {
            received.resume();
            request.end();
            return;
        }
        request.setChunked(received.headers().contains("transfer-encoding"));
        // The head goes at once: the body may wait for what the service says to it.
        request.sendHead();
        received.pipe().endOnFailure(false).to(request).onFailure(e -> {
            if (response == null) {
                received.resume(); // its answer may be on the way
            }
        });
    }

    private @Nullable Void respond(HttpClientResponse head) {
        vertx.cancelTimer(watch);
        response = head;
        head.exceptionHandler(this::broken);
        if (isOver || isRefused) {
            resetSent();
            return null;
        }
        if (head.statusCode() < 200 && !(head.statusCode() == 101 && isUpgrade())) {
            // Vert.x knows 100 and 103; it takes any other for the answer, and can no longer tell the real one.
            failed(new ProtocolException(
                    "status " + head.statusCode() + " goes before an answer, and was not asked for"));
            return null;
        }
        span.answered(head.statusCode());
        answer.setStatusCode(head.statusCode()).setStatusMessage(head.statusMessage());
        EndToEnd.ofResponse(head.headers(), answer.headers());
        if (head.statusCode() == 101) {
            upgrade(head);
            return null;
        }
        closesAfter = EndToEnd.closes(received.headers()) || (hasBody() && !received.isEnded());
        if (hasContent(head)) {
            passOn(head);
        } else {
            passOnHead(head);
        }
        return null;
    }

    /** HEAD, 204 and 304 have no body, whatever their headers say (RFC 9112, section 6.3). */
    private boolean hasContent(HttpClientResponse head) {
        return !received.method().equals(HttpMethod.HEAD) && head.statusCode() != 204 && head.statusCode() != 304;
    }

    private void passOnHead(HttpClientResponse head) {
        boolean hasLength = head.headers().contains("content-length") && head.statusCode() != 204;
        answer.headersEndHandler(last -> {
            if (!hasLength) {
                answer.headers().remove("content-length"); // which Vert.x has put there
            }
            sayWhetherItCloses();
        });
        endAnswer();
    }

    /** Not by Vert.x's pipe, which does not tell whether the service broke off or the client went away. */
    private void passOn(HttpClientResponse head) {
        if (!head.headers().contains("content-length")) {
            boolean canChunk = received.version() == HttpVersion.HTTP_1_1;
            answer.setChunked(canChunk);
            closesAfter |= !canChunk; // HTTP/1.0 has no other end of such a body
        }
        answer.headersEndHandler(last -> sayWhetherItCloses());
        head.handler(part -> {
            answer.write(part).onFailure(e -> clientGone());
            if (answer.writeQueueFull()) {
                head.pause();
                answer.drainHandler(drained -> head.resume());
            }
        });
        head.endHandler(whole -> {
            if (answer.isChunked()) {
                answer.trailers().addAll(head.trailers());
            }
            endAnswer();
        });
    }

    private void endAnswer() {
        answer.end().onComplete(done -> passedOn(), e -> clientGone());
    }

    private void sayWhetherItCloses() {
        if (closesAfter) {
            answer.headers().set("connection", "close");
        }
    }

    private void passedOn() {
        over();
        if (closesAfter) {
            discardRest();
        }
    }

    private void upgrade(HttpClientResponse head) {
        hasUpgraded = true;
        answer.headers().set("connection", "Upgrade").set("upgrade", "websocket");
        received.toNetSocket()
                .onSuccess(client -> Tunnel.join(client, head.netSocket(), this::over))
                .onFailure(this::broken);
    }

    /** The answer is all that the client gets. A connection that is closed at once could take it along. */
    private void discardRest() {
        if (received.isEnded()) {
            received.connection().close();
            return;
        }
        resetSent();
        received.handler(data -> {}).endHandler(end -> received.connection().close());
        received.resume();
        vertx.setTimer(
                Limits.DISCARD_REST.toMillis(), late -> received.connection().close());
    }

    private void failed(Throwable cause) {
        refuse(Refusal.of(config.upstream(), cause));
    }

    private void refuse(Refusal refusal) {
        if (isOver || isRefused) {
            return;
        }
        if (answer.headWritten()) {
            broken(new IllegalStateException(refusal.reason()));
            return;
        }
        isRefused = true;
        vertx.cancelTimer(watch);
        span.refused(refusal);
        resetSent();
        closesAfter = true;
        answer.headers().clear();
        answer.headersEndHandler(last -> sayWhetherItCloses());
        answer.setStatusCode(refusal.status())
                .putHeader("content-type", "text/plain; charset=utf-8")
                .end("traced sidecar: " + refusal.reason() + "\n")
                .onComplete(told -> passedOn());
    }

    private void broken(Throwable cause) {
        if (!isOver && !isRefused) {
            span.broken("the answer of " + config.upstream() + " broke off: " + cause.getMessage(), cause);
            over();
            resetSent();
            received.connection().close(); // the client must not take a part for the whole
        }
    }

    private void clientGone() {
        if (!isOver) {
            vertx.cancelTimer(watch);
            span.clientGone();
            over();
            resetSent();
        }
    }

    private void over() {
        if (!isOver) {
            isOver = true;
            span.end(received.bytesRead(), answer.bytesWritten());
            over.complete();
        }
    }

    private void resetSent() {
        if (sent != null) {
            sent.reset();
        }
    }

    /** As long as a body comes, the service need not have answered. */
    private void watch() {
        receivedAtWatch = received.bytesRead();
        watch = vertx.setTimer(config.timeout().toMillis(), late -> {
            if (received.bytesRead() > receivedAtWatch) {
                watch();
                return;
            }
            boolean clientIsSlow = sent != null && hasBody() && !received.isEnded() && !sent.writeQueueFull();
            refuse(clientIsSlow ? Refusal.SLOW_CLIENT : Refusal.slow(config.upstream(), config.timeout()));
        });
    }
}
