package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.StatusCode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies go through as they come, and are nowhere kept. */
@Timeout(60)
class SidecarStreamTest {
    private static final long LARGE = 128L << 20;

    /** What the buffers of four sockets and of the sidecar may hold; far from {@link #LARGE}. */
    private static final long BUFFERS = 48L << 20;

    @Test
    void events_arriveAtOnce() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n");
                    connection.send("b\ndata: 1\n\n\n");
                    seen.await(); // the second comes when the first was seen
                    connection.send("b\ndata: 2\n\n\n0\n\n");
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET /events HTTP/1.1\nHost: shop\n\n");
            client.head();

            assertThat(client.read(16)).contains("data: 1");
            assertThat(rig.hasNoSpan()).isTrue();
            seen.countDown();
            assertThat(client.read(16)).contains("data: 2");
            rig.span();
        }
    }

    @Test
    void request_arrivesAsItIsSent() throws Exception {
        CountDownLatch head = new CountDownLatch(1);
        CountDownLatch part = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    head.countDown();
                    connection.read(3);
                    part.countDown();
                    connection.read(3);
                    connection.send("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("POST / HTTP/1.1\nHost: shop\nContent-Length: 6\n\n");
            head.await();
            client.send("abc");
            part.await();
            client.send("def");

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
        }
    }

    @Test
    void clientIsHeldBack_byAServiceThatDoesNotRead() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicLong got = new AtomicLong();
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    goOn.await();
                    got.set(readAll(connection, LARGE));
                    connection.send("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("PUT /film HTTP/1.1\nHost: shop\nContent-Length: " + LARGE + "\n\n");

            AtomicLong sent = new AtomicLong();
            Thread sender = writing(client, sent);
            assertThat(stopsAt(sent)).isLessThan(BUFFERS);
            goOn.countDown();

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
            sender.join();
            assertThat(got).hasValue(LARGE);
            assertThat(rig.span().getAttributes().toString()).contains("http.request.body.size=" + LARGE);
        }
    }

    @Test
    void serviceIsHeldBack_byAClientThatDoesNotRead() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\nContent-Length: " + LARGE + "\n\n");
                    writeAll(connection, sent);
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET /film HTTP/1.1\nHost: shop\n\n");
            client.head();

            assertThat(stopsAt(sent)).isLessThan(BUFFERS);
            assertThat(readAll(client, LARGE)).isEqualTo(LARGE);
            assertThat(rig.span().getAttributes().toString()).contains("http.response.body.size=" + LARGE);
        }
    }

    @RepeatedTest(3)
    void clientThatHangsUpInTheMiddle_isNoErrorOfTheService() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch hungUp = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\nContent-Length: " + LARGE + "\n\n");
                    try {
                        writeAll(connection, sent);
                    } catch (IOException closed) {
                        hungUp.countDown();
                    }
                });
                Rig rig = Rig.before(service.port())) {
            try (RawClient client = rig.client()) {
                client.send("GET /film HTTP/1.1\nHost: shop\n\n");
                client.head();
                readAll(client, 1 << 20);
            }

            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(rig.span().getEvents()).singleElement().satisfies(event -> assertThat(event.getName())
                    .isEqualTo("client disconnected"));
            hungUp.await();
        }
    }

    private static Thread writing(Wire wire, AtomicLong sent) {
        Thread thread = new Thread(() -> {
            try {
                writeAll(wire, sent);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void writeAll(Wire wire, AtomicLong sent) throws IOException {
        byte[] part = new byte[1 << 20];
        while (sent.get() < LARGE) {
            wire.send(part);
            sent.addAndGet(part.length);
        }
    }

    private static long readAll(Wire wire, long bytes) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long got = 0;
        while (got < bytes) {
            int read = wire.skip(buffer);
            if (read < 0) {
                break;
            }
            got += read;
        }
        return got;
    }

    /** Where it stands still for a while. */
    private static long stopsAt(AtomicLong sent) {
        long[] last = {-1};
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    long now = sent.get();
                    boolean stands = now > 0 && now == last[0];
                    last[0] = now;
                    return stands;
                });
        return last[0];
    }
}
