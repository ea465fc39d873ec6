package dev.traced.tracer.instrument;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A request of the JDK's with other headers. The JDK's builder makes such a thing too, but copies and checks all headers three
 * times over; the client copies and checks once more what it is given, whoever made it.
 */
final class CarrierRequest extends HttpRequest {
    /** From JDK 26 on requests have options too, which cannot be named here: there a builder has to copy them. */
    private static final boolean KNOWS_ALL = Arrays.stream(HttpRequest.class.getMethods())
            .noneMatch(method -> method.getName().equals("getOption"));

    private final HttpRequest request;
    private final HttpHeaders headers;

    CarrierRequest(HttpRequest request, HttpHeaders headers) {
        this.request = request;
        this.headers = headers;
    }

    /** Whether a client that takes the request takes this one for it: not if it is of a kind that only its own client has. */
    static boolean canReplace(HttpRequest request) {
        return KNOWS_ALL && request.getClass().getModule() == HttpRequest.class.getModule();
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
        return request.bodyPublisher();
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public Optional<Duration> timeout() {
        return request.timeout();
    }

    @Override
    public boolean expectContinue() {
        return request.expectContinue();
    }

    @Override
    public URI uri() {
        return request.uri();
    }

    @Override
    public Optional<Version> version() {
        return request.version();
    }

    @Override
    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public String toString() {
        return request.toString();
    }
}
