package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.traced.standalone.TracedProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's sidecar before Python's file server, which knows nothing of tracing. */
class SidecarEndToEndTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    @TempDir
    Path directory;

    @Test
    void serviceThatKnowsNothingOfTracing_hasItsTraces() throws Exception {
        Files.writeString(directory.resolve("index.html"), "hello");
        try (Backend backend = new Backend(directory.resolve("data"), "--trace-idle-seconds", "1");
                Service service = new Service(directory);
                TracedProcess sidecar = TracedProcess.run(
                        Map.of(),
                        commandOfReadme("./traced sidecar")
                                .replace("--listen 9000", "--listen 0")
                                .replace("localhost:3000", "localhost:" + service.port)
                                .concat(" --endpoint " + backend.url("/"))
                                .split(" +"))) {
            assertThat(get(sidecar, "/", "").body()).isEqualTo("hello");
            assertThat(get(sidecar, "/orders/17", "00-" + TRACE + "-b7ad6b7169203331-01")
                            .statusCode())
                    .isEqualTo(404);
            sidecar.stop(); // which sends what has not gone yet

            Awaitility.await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(
                            backend.get("/traces?service=shop&complete=true")
                                    .path("total")
                                    .asInt())
                    .isEqualTo(1));
            JsonNode trace = backend.get("/traces?service=shop&complete=true")
                    .path("traces")
                    .path(0);
            assertThat(trace.path("root_operation").asText()).isEqualTo("GET /");
            assertThat(trace.path("span_count").asInt()).isEqualTo(1);
            JsonNode missing = backend.spans(TRACE).get("GET");
            assertThat(missing.path("parentSpanId").asText()).isEqualTo("b7ad6b7169203331");
            assertThat(missing.path("service").asText()).isEqualTo("shop");
            assertThat(Backend.attribute(missing, "url.path")).isEqualTo("/orders/17");
            assertThat(Backend.attribute(missing, "http.response.status_code")).isEqualTo("404");
        }
    }

    private static HttpResponse<String> get(TracedProcess sidecar, String path, String traceparent) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(sidecar.url().resolve(path)).timeout(Duration.ofSeconds(10));
        if (!traceparent.isEmpty()) {
            request.header("traceparent", traceparent);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What comes behind the name of the launcher, without the {@code &}. */
    private static String commandOfReadme(String start) throws IOException {
        return Files.readAllLines(Path.of("../README.md")).stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow()
                .replaceFirst("^\\S+ ", "")
                .replaceFirst(" &.*", "");
    }

    /** The README's Python, or a file server of the JDK where there is none. */
    private static final class Service implements AutoCloseable {
        final int port = TracedProcess.freePort();
        private final Runnable stop;

        Service(Path files) throws Exception {
            stop = start(files);
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(this::listens);
        }

        private Runnable start(Path files) throws IOException {
            try {
                String command = Files.readAllLines(Path.of("../README.md")).stream()
                        .filter(line -> line.startsWith("python3 -m http.server 3000"))
                        .findFirst()
                        .orElseThrow();
                String[] words = command.replaceFirst(" &.*", "")
                        .replace("3000", port + " --bind 127.0.0.1")
                        .split(" ");
                Process python = new ProcessBuilder(words)
                        .directory(files.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return python::destroyForcibly;
            } catch (IOException thereIsNoPython) {
                var server = com.sun.net.httpserver.HttpServer.create(new InetSocketAddress("127.0.0.1", port), 50);
                server.createContext("/", exchange -> {
                    boolean isThere = exchange.getRequestURI().getPath().equals("/");
                    byte[] body = isThere ? "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8) : new byte[0];
                    exchange.sendResponseHeaders(isThere ? 200 : 404, body.length == 0 ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
                server.start();
                return () -> server.stop(0);
            }
        }

        private boolean listens() {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        }

        @Override
        public void close() {
            stop.run();
        }
    }
}
