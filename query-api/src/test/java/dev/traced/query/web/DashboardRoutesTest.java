package dev.traced.query.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.http.HttpEdge;
import io.javalin.Javalin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardRoutesTest {
    private static final Pattern IMPORT_MAP =
            Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile("\"([^\"]+)\":\"\\.(/[^\"]+)\"");
    private static final Pattern REFERENCE = Pattern.compile("(?:\\.\\./|\\./|/)((?:_static|webjars)/[\\w./@-]+)");
    private static final Pattern OURS_IN_PAGE = Pattern.compile("(?:href|src)=\"\\.(/ui[^\"]+)\"");
    private static final Pattern PRELOAD = Pattern.compile("<link rel=\"modulepreload\" href=\"\\.([^\"]+)\">");
    private static final Path SOURCES = Path.of("src/main/resources/dashboard");

    private static Javalin server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = HttpEdge.create(HttpEdge.Settings.defaults(), new DashboardRoutes()::install);
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    private static HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        return CLIENT.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send("GET", path, headers);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), UTF_8);
    }

    private static String importMap() throws Exception {
        Matcher map = IMPORT_MAP.matcher(text(get("/")));
        assertThat(map.find()).isTrue();
        return map.group(1);
    }

    @Test
    void page_hasTheImportMapOfTheLibraries() throws Exception {
        List<MatchResult> imports = IMPORT.matcher(importMap()).results().toList();

        assertThat(imports.stream().map(found -> found.group(1)))
                .containsExactlyInAnyOrder(
                        "lit",
                        "lit/",
                        "lit-html",
                        "lit-html/",
                        "lit-element",
                        "lit-element/",
                        "@lit/reactive-element",
                        "@lit/reactive-element/",
                        "echarts");
        for (MatchResult found : imports) {
            if (!found.group(1).endsWith("/")) {
                HttpResponse<byte[]> module = get(found.group(2));
                assertThat(module.statusCode()).as(found.group(2)).isEqualTo(200);
                assertThat(module.headers().firstValue("Content-Type")).hasValue("text/javascript;charset=utf-8");
            }
        }
    }

    /** So that a browser asks for them once, and gets new ones with the page as soon as there are some. */
    @Test
    void page_namesOurFilesByTheirVersion() throws Exception {
        List<String> ours = OURS_IN_PAGE
                .matcher(text(get("/")))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(ours).hasSizeGreaterThan(100).allMatch(path -> path.matches("/ui-[0-9a-f]{16}/.+"));
        for (String path : ours) {
            HttpResponse<byte[]> file = get(path);
            assertThat(file.statusCode()).as(path).isEqualTo(200);
            assertThat(file.headers().firstValue("Cache-Control"))
                    .as(path)
                    .hasValue("public, max-age=31536000, immutable");
            assertThat(file.body())
                    .isEqualTo(get(path.replaceFirst("ui-[0-9a-f]+", "ui")).body());
        }
        assertThat(get("/ui-0123456789abcdef/app.js").statusCode()).isEqualTo(404);
    }

    /** One after the other, as imports name them, they would take five times as long over a network. */
    @Test
    void page_namesAllModules_afterTheImportMap() throws Exception {
        String page = text(get("/"));
        List<String> preloaded = PRELOAD.matcher(page)
                .results()
                .map(found -> found.group(1).replaceFirst("^/ui-[0-9a-f]+/", ""))
                .toList();

        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<String> modules = files.map(file -> SOURCES.relativize(file).toString())
                    .filter(path -> path.endsWith(".js") && !path.startsWith("docs"))
                    .toList();
            assertThat(preloaded).containsAll(modules).doesNotHaveDuplicates();
            assertThat(preloaded)
                    .filteredOn(path -> path.startsWith("/"))
                    .hasSize(4)
                    .allSatisfy(
                            path -> assertThat(get(path).statusCode()).as(path).isEqualTo(200));
        }
        assertThat(page.indexOf("modulepreload")).isGreaterThan(page.indexOf("importmap"));
    }

    @Test
    void page_mayLoadNothingButOurs() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(importMap().getBytes(UTF_8));

        assertThat(get("/").headers().firstValue("Content-Security-Policy"))
                .hasValue("default-src 'none'; script-src 'self' 'sha256-"
                        + Base64.getEncoder().encodeToString(hash)
                        + "'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
                        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ui/app.js", "/_static/lit/3.3.3/index.js", "/ui/none.js"})
    void all_areGuarded(String path) throws Exception {
        assertThat(get(path).headers().map())
                .containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("referrer-policy", List.of("no-referrer"))
                .containsEntry("cross-origin-opener-policy", List.of("same-origin"))
                .containsKey("content-security-policy");
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html;charset=utf-8, no-cache",
        "/ui/app.js, text/javascript;charset=utf-8, no-cache",
        "/ui/styles/tokens.css, text/css;charset=utf-8, no-cache",
        "/ui/icon.svg, image/svg+xml, no-cache",
        "/favicon.ico, image/svg+xml, no-cache",
        "/_static/echarts/6.0.0/dist/echarts.esm.min.js, text/javascript;charset=utf-8, immutable",
        "/_static/inter/5.2.5/files/inter-latin-400-normal.woff2, font/woff2, immutable",
        "/webjars/fontsource__jetbrains-mono/4.5.11/files/jetbrains-mono-latin-400-normal.woff2, font/woff2, immutable"
    })
    void file_hasItsTypeAndLife(String path, String type, String life) throws Exception {
        HttpResponse<byte[]> file = get(path);

        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).isNotEmpty();
        assertThat(file.headers().firstValue("Content-Type")).hasValue(type);
        assertThat(file.headers().firstValue("Cache-Control"))
                .hasValue(life.equals("immutable") ? "public, max-age=31536000, immutable" : life);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ui/app.js", "/_static/echarts/6.0.0/dist/echarts.esm.min.js"})
    void head_isAsGetWithoutTheBody(String path) throws Exception {
        HttpResponse<byte[]> get = get(path);

        HttpResponse<byte[]> head = send("HEAD", path);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).hasValue(Integer.toString(get.body().length));
        for (String header : List.of("Content-Type", "ETag", "Cache-Control", "Content-Security-Policy", "Vary")) {
            assertThat(head.headers().allValues(header))
                    .as(header)
                    .isEqualTo(get.headers().allValues(header));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, deflate, br, zstd", "br;q=1.0, GZIP;q=0.8, *;q=0.1"})
    void text_isCompressedForWhoTakesIt(String accepted) throws Exception {
        String path = "/_static/echarts/6.0.0/dist/echarts.esm.min.js";
        byte[] plain = get(path).body();

        HttpResponse<byte[]> answer = get(path, "Accept-Encoding", accepted);

        assertThat(answer.headers().allValues("Content-Encoding")).containsExactly("gzip");
        assertThat(answer.headers().allValues("Vary")).containsExactly("Accept-Encoding");
        assertThat(answer.body().length).isLessThan(plain.length / 2);
        try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertThat(unzipped.readAllBytes()).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ui/styles/base.css", "/ui/shell/app-shell.js"})
    void ourText_isCompressedToo(String path) throws Exception {
        assertThat(get(path, "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
                .hasValue("gzip");
    }

    @ParameterizedTest
    @CsvSource({
        "/ui/shell/app-shell.js, identity",
        "/ui/shell/app-shell.js, 'br, gzip;q=0'",
        "/ui/shell/app-shell.js, gzip;q=0.0",
        "/_static/inter/5.2.5/files/inter-latin-400-normal.woff2, gzip"
    })
    void others_areNot(String path, String accepted) throws Exception {
        HttpResponse<byte[]> answer = get(path, "Accept-Encoding", accepted);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void fileThatTheClientHas_is304() throws Exception {
        for (String path : List.of("/", "/ui/app.js", "/_static/lit/3.3.3/index.js")) {
            HttpResponse<byte[]> first = get(path, "Accept-Encoding", "gzip");
            String tag = first.headers().firstValue("ETag").orElseThrow();

            for (String known : List.of(tag, "\"x\", " + tag, tag.substring("W/".length()), "*")) {
                HttpResponse<byte[]> again = get(path, "If-None-Match", known);

                assertThat(again.statusCode()).as(known).isEqualTo(304);
                assertThat(again.body()).isEmpty();
                assertThat(again.headers().firstValue("ETag")).hasValue(tag);
                assertThat(again.headers().firstValue("Content-Type"))
                        .isEqualTo(first.headers().firstValue("Content-Type"));
            }
            assertThat(get(path, "If-None-Match", "W/\"x\"").statusCode()).isEqualTo(200);
        }
    }

    /** The versions of libraries stand in style sheets too; a new one that was forgotten there is found here. */
    @Test
    void filesThatOursNameExist() throws Exception {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String ours = "/ui/" + SOURCES.relativize(file);
                if (!file.endsWith("index.html")) {
                    assertThat(get(ours).statusCode()).as(ours).isEqualTo(200);
                }
                for (MatchResult found :
                        REFERENCE.matcher(Files.readString(file)).results().toList()) {
                    assertThat(get("/" + found.group(1)).statusCode())
                            .as("%s in %s", found.group(1), file)
                            .isEqualTo(200);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ui/",
                "/ui",
                "/ui/none.js",
                "/ui/shell",
                "/ui/shell/",
                "/ui//app.js",
                "/ui/./app.js",
                "/ui/../dashboard/app.js",
                "/ui/../../META-INF/MANIFEST.MF",
                "/ui/%2e%2e/dashboard/app.js",
                "/ui/..%2fdashboard/app.js",
                "/ui/..%5cdashboard%5capp.js",
                "/ui/shell%2fapp-shell.js",
                "/ui/%61pp.js",
                "/ui/app.js%00",
                "/ui/app.js%00.css",
                "/ui/app.js;a=b",
                "/ui/..;/app.js",
                "/ui/file:/etc/passwd.js",
                "//ui/app.js",
                "/UI/app.js",
                "/_static/",
                "/_static/lit",
                "/_static/lit/3.3.3",
                "/_static/lit/3.3.3/",
                "/_static/lit/3.3.3/../3.3.3/index.js",
                "/_static/lit/3.3.3/LICENSE",
                "/_static/lit/3.3.3/package.json/",
                "/_static/lit/0.0.0/index.js",
                "/_static/echarts/6.0.0/index.js",
                "/_static/echarts/6.0.0/dist/echarts.js",
                "/_static/../importmap.json",
                "/webjars/",
                "/webjars/../../importmap.json",
                "/webjars/fontsource__jetbrains-mono/4.5.11/index.css",
                "/dev/traced/query/web/DashboardRoutes.class",
                "/META-INF/importmap.json",
                "/logback.xml"
            })
    void hostilePath_isNotFound(String path) throws Exception {
        String answer = raw(path);

        assertThat(answer).startsWith("HTTP/1.1 40").containsPattern("\\{\"error\":\"[^\"]+\"}$");
        assertThat(answer).matches(Pattern.compile("HTTP/1.1 (404|400 (Ambiguous|Bad|Illegal)).*", Pattern.DOTALL));
    }

    /** The path as it is: a client of the JDK's would not send all of them. */
    private static String raw(String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: traced\r\nConnection: close\r\n\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
