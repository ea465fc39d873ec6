package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailPositionTest {
    private static final String TOPIC = "k3JdX9aQTmuK7T0uW1fVxg";

    @Test
    void text_isReadBack() {
        TailPosition position = new TailPosition(TOPIC, new long[] {17, 4, 0});
        position.moveTo(0, 36, 34);
        position.moveTo(1, 3, 3); // never back

        assertThat(position).hasToString("k3JdX9aQ.10-2.4-1.0");
        TailPosition read = TailPosition.parse(position.toString(), TOPIC, new long[] {40, 4, 0});
        assertThat(read).isEqualTo(position);
        assertThat(read.next(0)).isEqualTo(36);
        assertThat(read.from(0)).isEqualTo(34);
        assertThat(read.next(1)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "17",
                "k3JdX9aQ",
                "k3JdX9aQ.1.1",
                "k3JdX9aQ.1.1.1.1",
                "K3JdX9aQ.1.1.1",
                "k3JdX9aQ.a.1.1",
                "k3JdX9aQ.1.1-2.1",
                "k3JdX9aQ.1.1-.1",
                "k3JdX9aQ.1.-1.1",
                "k3JdX9aQ.1.1.é",
                "k3JdX9aQ.1.1.1zzzzzzzzzzzzzzzzzzzzzz",
                "k3JdX9aQ.1.1.1\n"
            })
    void whatIsNoPositionOfThisTopic_isRefused(String text) {
        assertThatThrownBy(() -> TailPosition.parse(text, TOPIC, new long[] {9, 9, 9}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void positionInAsManyPartitionsAsATopicMayHave_fitsIntoAHeader() {
        long[] many = new long[1_000];
        Arrays.fill(many, 2_000_000_000L);
        assertThat(new TailPosition(TOPIC, many).toString()).hasSizeLessThan(7_500);
    }
}
