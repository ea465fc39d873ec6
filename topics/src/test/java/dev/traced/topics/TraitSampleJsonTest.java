package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.Trait;
import dev.traced.model.TraitSample;
import dev.traced.model.TraitSample.Count;
import dev.traced.model.TraitSample.Side;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraitSampleJsonTest {
    @Test
    void samples_areReadAsTheyWereWritten() throws IOException {
        Trait trait = new Trait(Trait.Scope.SPAN, null, "a\"b", "");
        List<TraitSample> samples = List.of(
                new TraitSample(new Side(Long.MAX_VALUE, 1), new Side(2, 2), Map.of(trait, new Count(1, 2)), true),
                new TraitSample(new Side(0, 0), new Side(0, 0), Map.of(), false));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        TraitSampleJson.write(samples, out);

        assertThat(read(out.toString(UTF_8))).isEqualTo(samples);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[[1,1,2,2,[]]]", "[[1,1,2,2,[],null]]", "[[1,1,2,2,[],true,1]]", "[[1,1,2,[],true]]"})
    void somethingElse_isRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
    }

    private static List<TraitSample> read(String text) throws IOException {
        return TraitSampleJson.read(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }
}
