package dev.traced.tracer.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientSpanTest {
    private static final HttpRequest REQUEST = HttpRequest.newBuilder(URI.create("http://shop/orders"))
            .timeout(Duration.ofSeconds(5))
            .expectContinue(true)
            .version(Version.HTTP_1_1)
            .header("X-Kept", "1")
            .header("X-Kept", "2")
            .header("TraceState", "somebody=else")
            .method("PATCH", BodyPublishers.ofString("{}"))
            .build();

    private final RecordedSpans spans = new RecordedSpans();
    private final ClientSpan span = ClientSpan.start(InstrumentationScope.of(spans.telemetry()), REQUEST);
    private final String traceparent = span.headers().get("traceparent");

    @Test
    void requestThatIsSent_isTheRequest_withHeadersOfTheSpan() {
        HttpRequest sent = span.carriedBy(REQUEST);

        assertThat(sent.headers().map())
                .isEqualTo(Map.of("X-Kept", List.of("1", "2"), "traceparent", List.of(traceparent)));
        assertThat(sent.headers().firstValue("TRACEPARENT")).contains(traceparent);
        assertThat(sent.method()).isEqualTo("PATCH");
        assertThat(sent.uri()).isEqualTo(REQUEST.uri());
        assertThat(sent.timeout()).contains(Duration.ofSeconds(5));
        assertThat(sent.expectContinue()).isTrue();
        assertThat(sent.version()).contains(Version.HTTP_1_1);
        assertThat(sent.bodyPublisher()).isEqualTo(REQUEST.bodyPublisher());
        assertThat(sent).hasToString(REQUEST.toString());
    }

    @Test
    void requestThatIsSent_isEqualToOneOfTheBuilder() {
        HttpRequest built = HttpRequest.newBuilder(REQUEST, (name, value) -> !name.equalsIgnoreCase("tracestate"))
                .header("traceparent", traceparent)
                .build();

        assertThat(span.carriedBy(REQUEST)).isEqualTo(built).hasSameHashCodeAs(built);
        assertThat(built).isEqualTo(span.carriedBy(REQUEST));
    }

    /** By its own rules: a client that knows the kind may look for it, and would not find it in another of ours. */
    @Test
    void requestOfAKindThatIsNotTheJdks_isCopiedByTheJdk_orIsItself() {
        HttpRequest sent = span.carriedBy(new Unusual("GET"));

        assertThat(sent.getClass().getModule()).isEqualTo(HttpRequest.class.getModule());
        assertThat(sent.headers().map()).isEqualTo(Map.of("traceparent", List.of(traceparent)));
        HttpRequest itsOwn = new Unusual("not a method");
        assertThat(span.carriedBy(itsOwn)).isSameAs(itsOwn);
    }

    private static final class Unusual extends HttpRequest {
        private final String method;

        Unusual(String method) {
            this.method = method;
        }

        @Override
        public Optional<BodyPublisher> bodyPublisher() {
            return Optional.empty();
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public Optional<Duration> timeout() {
            return Optional.empty();
        }

        @Override
        public boolean expectContinue() {
            return false;
        }

        @Override
        public URI uri() {
            return REQUEST.uri();
        }

        @Override
        public Optional<Version> version() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of(), (name, value) -> true);
        }
    }
}
