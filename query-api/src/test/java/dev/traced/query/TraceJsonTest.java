package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.Span;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import java.io.ByteArrayOutputStream;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceJsonTest {
    @Test
    void answerThatIsCut_isNotJson() {
        TraceDetail trace = new TraceDetail(new Broken(), new TraceShape.Builder().build(), List.of());
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertThatThrownBy(() -> TraceJson.write(new TraceId(1, 2), trace, out))
                .isInstanceOf(IllegalStateException.class);
        assertThat(out.toString(UTF_8)).endsWith("\"spans\":[");
    }

    private static final class Broken extends AbstractList<Span> {
        @Override
        public Span get(int index) {
            throw new IllegalStateException("in the middle");
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
