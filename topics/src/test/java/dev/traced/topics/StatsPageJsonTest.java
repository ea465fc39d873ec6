package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.StatsPage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatsPageJsonTest {
    private static StatsPage read(String step) throws IOException {
        String json = "{\"after\":7,\"before\":null," + step + "\"complete\":true,\"lines\":[]}";
        return StatsPageJson.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }

    @Test
    void step_isRead() throws IOException {
        assertThat(read("\"step\":720000000000,").stepNanos()).isEqualTo(720_000_000_000L);
    }

    /** A series of such steps would have no end. */
    @ParameterizedTest
    @ValueSource(strings = {"\"step\":0,", "\"step\":-60,", "\"step\":null,", ""})
    void stepThatIsNone_isRefused(String step) {
        assertThatThrownBy(() -> read(step)).isInstanceOf(IOException.class);
    }
}
