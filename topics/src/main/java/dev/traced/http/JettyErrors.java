package dev.traced.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What Jetty answers by itself, before or after our handlers (a broken request line, headers that are too large, a
 * server that is stopping), in our shape of an error instead of its HTML page.
 */
final class JettyErrors extends ErrorHandler {
    private final CrossOrigin crossOrigin;

    JettyErrors(CrossOrigin crossOrigin) {
        this.crossOrigin = crossOrigin;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, HttpEdge.JSON);
        crossOrigin
                .headers(request.getMethod(), request.getHeaders().get(HttpHeader.ORIGIN))
                .forEach(response.getHeaders()::put);
        if (code == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        response.write(true, ByteBuffer.wrap(ErrorBody.of(reason(code, message))), callback);
    }

    private static String reason(int code, @Nullable String message) {
        return message == null || message.isEmpty() ? HttpStatus.getMessage(code) : message;
    }
}
