package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanNamesTest {
    private final SpanNames names = new SpanNames();

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/orders, /orders",
        "/orders/, /orders/",
        "/orders/17, /orders/{id}",
        "/orders/17/items/3, /orders/{id}/items/{id}",
        "/api/v2/oauth2/token, /api/v2/oauth2/token",
        "/index.html, /index.html",
        "/static/app.min.js, /static/app.min.js",
        "/users/5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f, /users/{id}",
        "/commits/06ae09d1, /commits/{id}",
        "/facade, /facade",
        "/carts/01ARZ3NDEKTSV4RRFFQ69G5FAV, /carts/{id}",
        "/orders/order-12345, /orders/{id}",
        "/days/2026-11-22, /days/{id}",
        "/users/ann@example.org, /users/{id}",
        "/a%2Fb, /{id}",
        "/a-word-that-is-longer-than-any-word-is, /{id}",
        "/a/b/c/d/e/f/g/h, /a/b/c/d/e/f/*"
    })
    void template_hasNoIds(String path, String template) {
        assertThat(SpanNames.template(path)).isEqualTo(template);
    }

    @Test
    void names_areBounded() {
        for (int i = 0; i < SpanNames.MAX_NAMES; i++) {
            assertThat(names.admit("GET", "/" + word(i))).isEqualTo("GET /" + word(i));
        }

        assertThat(names.admit("GET", "/one-more")).isEqualTo("GET");
        assertThat(names.admit("GET", "/" + word(3))).isEqualTo("GET /" + word(3));
    }

    @Test
    void pathThatTheServiceDoesNotHave_takesNoPlace() {
        assertThat(names.known("GET", "/wp-admin")).isEqualTo("GET");

        names.admit("GET", "/orders/1");
        assertThat(names.known("GET", "/orders/2")).isEqualTo("GET /orders/{id}");
    }

    @Test
    void targetThatIsNoPath_isNamedByItsMethod() {
        assertThat(names.admit("OPTIONS", "*")).isEqualTo("OPTIONS");
    }

    private static String word(int i) {
        return "" + (char) ('a' + i / 26) + (char) ('a' + i % 26);
    }
}
