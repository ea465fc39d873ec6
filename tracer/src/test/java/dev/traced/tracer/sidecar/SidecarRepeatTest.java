package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to the service a second time, and what never is (RFC 9110, section 9.2.2). */
@Timeout(30)
class SidecarRepeatTest {
    private static final String OK = "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello";

    @Test
    void connectionThatTheServiceHasClosed_isNoErrorOfARequestThatMayBeRepeated() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send(OK);
                    connection.head(); // and hangs up, as one that has waited for long enough
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            for (String method : List.of("GET", "GET", "GET")) {
                client.send(method + " / HTTP/1.1\nHost: shop\n\n");
                assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
                client.read(5);
            }
            client.send("POST / HTTP/1.1\nHost: shop\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "PUT"})
    void requestWithABody_goesOnce_sinceItsBodyHasGone(String method) throws Exception {
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send(OK);
                    connection.head(); // and hangs up, as one that has waited for long enough
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n").head();
            client.read(5);

            client.send(method + " / HTTP/1.1\nHost: shop\nContent-Length: 3\n\nabc");

            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
            assertThat(service.connections()).isEqualTo(1);
        }
    }

    @Test
    void requestOnANewConnection_goesOnce_sinceTheServiceHasSeenIt() throws Exception {
        try (RawService service = RawService.running(Wire::head);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
            assertThat(service.connections()).isEqualTo(1);
        }
    }
}
