package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SidecarConfigTest {
    @Test
    void addressesOfIpv6_areWithoutBrackets() {
        SidecarConfig config = config("[::1]", "http://[::1]:3000");

        assertThat(config.host()).isEqualTo("::1");
        assertThat(config.upstreamHost()).isEqualTo("::1");
    }

    @Test
    void upstreamWithoutAPort_isOnPort80() {
        assertThat(config("localhost", "http://shop/").upstreamPort()).isEqualTo(80);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop",
                "shop:80",
                "http://shop/path",
                "http://shop?q",
                "http://user@shop",
                "http://shop:0",
                "http://shop:65536"
            })
    void upstreamThatIsMoreThanAHostAndAPort_isRefused(String upstream) {
        assertThatThrownBy(() -> config("localhost", upstream))
                .hasMessage("upstream must be http://HOST[:PORT], was " + upstream);
    }

    private static SidecarConfig config(String host, String upstream) {
        return new SidecarConfig(host, 0, URI.create(upstream), Duration.ofSeconds(1));
    }
}
