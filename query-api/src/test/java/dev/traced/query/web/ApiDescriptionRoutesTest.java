package dev.traced.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.http.HttpEdge;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ApiDescriptionRoutesTest {
    private static final Pattern FILE = Pattern.compile("(?:href|src)=\"\\.(/(?:ui|webjars)/[^\"]+)\"");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static Javalin server;

    @BeforeAll
    static void start() {
        server = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {
            new DashboardRoutes().install(config);
            new ApiDescriptionRoutes().install(config);
        });
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    private static HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void description_isJson() throws Exception {
        HttpResponse<String> description = get("/openapi.json");

        assertThat(description.statusCode()).isEqualTo(200);
        assertThat(description.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(description.headers().firstValue("ETag")).isPresent();
        assertThat(description.body()).contains("\"openapi\": \"3.1.1\"");
    }

    @Test
    void page_isMadeOfFilesThatAreThere_andMayRunNoOthers() throws Exception {
        HttpResponse<String> page = get("/docs");

        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'; script-src 'self'; style-src 'self';");
        assertThat(page.body()).contains("swagger-ui-bundle.js", "swagger-ui.css");
        for (MatchResult file : FILE.matcher(page.body()).results().toList()) {
            assertThat(get(file.group(1)).statusCode()).as(file.group(1)).isEqualTo(200);
        }
    }
}
