package dev.traced.standalone.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.logging.Logger;

/**
 * A program without a line about tracing: {@code GET /checkout} asks itself for {@code /stock}. It prints its port and ends
 * when its input does.
 */
public final class TwoServices {
    private static final Logger log = Logger.getLogger("shop");

    private TwoServices() {}

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        URI stock = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/stock");
        HttpClient client = HttpClient.newHttpClient();
        server.createContext("/stock", exchange -> {
            log.info("7 in stock");
            answer(exchange, "7");
        });
        server.createContext("/checkout", exchange -> {
            try {
                answer(
                        exchange,
                        client.send(HttpRequest.newBuilder(stock).build(), HttpResponse.BodyHandlers.ofString())
                                .body());
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        server.setExecutor(java.util.concurrent.Executors.newFixedThreadPool(4));
        server.start();
        System.out.println("port " + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        System.exit(0); // the agent's shutdown hook sends what it still has
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
