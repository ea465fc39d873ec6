package dev.traced.tracer.sidecar;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which headers go on, and which belong to one connection only (RFC 9110, section 7.6.1). A Via is not added: servers that see
 * one change what they answer (nginx no longer compresses), and a sidecar is to be part of the service.
 */
final class EndToEnd {
    static final String X_FORWARDED_FOR = "x-forwarded-for";

    private static final Set<String> OF_A_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade");

    private EndToEnd() {}

    /** The headers of a request for the service: its own, and those that say where it came from. */
    static void ofRequest(HttpServerRequest request, MultiMap to) {
        MultiMap from = request.headers();
        copy(from, to);
        String authority = RequestTarget.authorityOf(request.uri());
        String host = authority.isEmpty() ? from.get("host") : authority;
        if (host != null) {
            to.set("host", host);
            setIfAbsent(to, "x-forwarded-host", host);
        }
        setIfAbsent(to, "x-forwarded-proto", "http");
        List<String> hops = to.getAll(X_FORWARDED_FOR);
        String peer = request.remoteAddress().hostAddress();
        to.set(X_FORWARDED_FOR, hops.isEmpty() ? peer : String.join(", ", hops) + ", " + peer);
        if (from.contains("te", "trailers", true)) {
            to.set("te", "trailers").set("connection", "te"); // the sidecar passes trailers on, so it may ask for them
        }
    }

    /** The headers of an answer for the client. */
    static void ofResponse(MultiMap from, MultiMap to) {
        copy(from, to);
    }

    /** Whether whoever sent these closes the connection; Vert.x sees that only where nothing else is listed. */
    static boolean closes(MultiMap headers) {
        return listed(headers).contains("close");
    }

    private static void copy(MultiMap from, MultiMap to) {
        Set<String> listed = listed(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!OF_A_CONNECTION.contains(name) && !listed.contains(name)) {
                to.add(header.getKey(), header.getValue());
            }
        }
    }

    /** What Connection lists; never what says how long the message is. */
    private static Set<String> listed(MultiMap headers) {
        List<String> connection = headers.getAll("connection");
        if (connection.isEmpty()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String value : connection) {
            for (String name : value.split(",", -1)) {
                names.add(name.trim().toLowerCase(Locale.ROOT));
            }
        }
        names.remove("content-length");
        return names;
    }

    private static void setIfAbsent(MultiMap headers, String name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }
}
