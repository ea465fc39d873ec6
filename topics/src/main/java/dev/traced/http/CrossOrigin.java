package dev.traced.http;

import io.javalin.http.Header;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What we tell a browser about pages of other origins: who may read our answers, and who may send the credentials it has
 * for us. There are none, as we know neither cookies nor authentication, but {@code navigator.sendBeacon}, by which a page
 * sends its last spans, always sends in that mode, and is refused where it is not allowed.
 *
 * <p>Where any origin may read, credentials are allowed with POST only, whose answers tell nothing: behind a proxy that
 * does have cookies, no page must read traces with those of whoever looks at it.
 */
final class CrossOrigin {
    static final String ANY = "*";
    private static final String POST = "POST";

    private final String allowed;

    /** @param allowed the origin that may read; {@link #ANY} for any */
    CrossOrigin(String allowed) {
        this.allowed = allowed;
    }

    /**
     * The headers of an answer.
     *
     * @param method of the request, or the one that a preflight asks for
     * @param origin of the page that asks; null if none does
     */
    Map<String, String> headers(@Nullable String method, @Nullable String origin) {
        Map<String, String> headers = new LinkedHashMap<>();
        boolean isAny = allowed.equals(ANY);
        boolean withCredentials = isAny ? origin != null && POST.equals(method) : allowed.equals(origin);
        // A browser does not take "*" together with credentials.
        headers.put(Header.ACCESS_CONTROL_ALLOW_ORIGIN, isAny && withCredentials ? origin : allowed);
        if (withCredentials) {
            headers.put(Header.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if (withCredentials || !isAny) {
            headers.put(Header.VARY, Header.ORIGIN);
        }
        return headers;
    }
}
