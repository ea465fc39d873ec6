package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    private static final String TEXT = "0af76519-16cd-43dd-8448-eb211c80319c";

    @Test
    void text_isReadInAnyCase_writtenInLowerCase() {
        assertThat(TraceId.parse("0AF76519-16cd-43DD-8448-EB211c80319c")).hasToString(TEXT);
        assertThat(SpanId.parse("0AF76519-16cd-43DD-8448-EB211c80319c")).hasToString(TEXT);
    }

    @Test
    void text_isThatOfAUuid() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            UUID uuid = new UUID(random.nextLong(), random.nextLong());

            TraceId id = TraceId.parse(uuid.toString());

            assertThat(id).isEqualTo(new TraceId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()));
            assertThat(id).hasToString(uuid.toString());
            assertThat(TraceId.from(ByteBuffer.wrap(id.toBytes()))).isEqualTo(id);
            assertThat(SpanId.from(ByteBuffer.wrap(SpanId.parse(uuid.toString()).toBytes())))
                    .hasToString(uuid.toString());
        }
    }

    @Test
    void nilAndAnyVersion_areValid() {
        assertThat(TraceId.isValid("00000000-0000-0000-0000-000000000000")).isTrue();
        assertThat(SpanId.isValid("ffffffff-ffff-ffff-ffff-ffffffffffff")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1-1-1-1-1",
                "0af7651916cd43dd8448eb211c80319c",
                "0af76519-16cd-43dd-8448-eb211c80319",
                "0af76519-16cd-43dd-8448-eb211c80319c0",
                "0af76519-16cd-43dd-8448-eb211c80319g",
                "0af76519-16cd-43dd-8448_eb211c80319c",
                "0af7651-916cd-43dd-8448-eb211c80319c",
                "{af76519-16cd-43dd-8448-eb211c80319}",
                " af76519-16cd-43dd-8448-eb211c80319c",
                "\u0660af76519-16cd-43dd-8448-eb211c80319",
                "-0af76519-16cd-43dd-8448-eb211c80319"
            })
    void text_thatIsNoUuid_isRefused(String text) {
        assertThat(TraceId.isValid(text)).isFalse();
        assertThat(SpanId.isValid(text)).isFalse();
        assertThatThrownBy(() -> TraceId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a UUID: " + text);
    }

    @Test
    void order_isThatOfTheText() {
        Random random = new Random(2);
        for (int i = 0; i < 1_000; i++) {
            long high = random.nextLong();
            TraceId a = new TraceId(high, random.nextLong());
            TraceId b = new TraceId(random.nextBoolean() ? high : random.nextLong(), random.nextLong());

            assertThat(Integer.signum(a.compareTo(b)))
                    .isEqualTo(Integer.signum(a.toString().compareTo(b.toString())));
            assertThat(Integer.signum(new SpanId(a.high(), a.low()).compareTo(new SpanId(b.high(), b.low()))))
                    .isEqualTo(Integer.signum(a.compareTo(b)));
        }
    }
}
