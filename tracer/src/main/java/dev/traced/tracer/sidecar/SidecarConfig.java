package dev.traced.tracer.sidecar;

import java.net.URI;
import java.time.Duration;

/**
 * Where a sidecar listens, and what it stands before.
 *
 * @param host the address it listens on; one of IPv6 may have brackets, and is kept without
 * @param port its port; 0 takes a free one
 * @param upstream the service: {@code http://HOST[:PORT]}, without a path
 * @param timeout how long the service may be silent before it answers
 */
public record SidecarConfig(String host, int port, URI upstream, Duration timeout) {
    public SidecarConfig {
        host = withoutBrackets(host);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port must be 0..65535, was " + port);
        }
        boolean isBare = upstream.getRawPath() == null
                || upstream.getRawPath().isEmpty()
                || upstream.getRawPath().equals("/");
        if (!"http".equalsIgnoreCase(upstream.getScheme())
                || upstream.getHost() == null
                || !isBare
                || upstream.getRawQuery() != null
                || upstream.getRawUserInfo() != null
                || upstream.getPort() == 0
                || upstream.getPort() > 65535) {
            throw new IllegalArgumentException("upstream must be http://HOST[:PORT], was " + upstream);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than 0, was " + timeout);
        }
    }

    String upstreamHost() {
        return withoutBrackets(upstream.getHost());
    }

    private static String withoutBrackets(String host) {
        return host.replaceAll("^\\[|]$", "");
    }

    int upstreamPort() {
        return upstream.getPort() == -1 ? 80 : upstream.getPort();
    }
}
