package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaggagePropagatorTest {
    private static final TextMapPropagator PROPAGATOR = new BaggagePropagator();

    @Test
    void members_areReadFromAllLines() {
        Baggage baggage = read("baggage: tenant=acme;tier=1 , user=%C3%A9ric%20d", "Baggage: empty=,a%b=1");

        assertThat(baggage.asMap()).containsOnlyKeys("tenant", "user", "empty", "a%b");
        assertThat(baggage.getEntryValue("user")).isEqualTo("\u00e9ric d");
        assertThat(baggage.getEntry("tenant").getMetadata().getValue()).isEqualTo("tier=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x=%",
                "x=%4",
                "x=%zz",
                "x=1%2",
                "x=1;p=\u00e9",
                "x=1;p=\"",
                "x=1;p=\\",
                "x=%C",
                "x=1;p=%",
                "x",
                "=1"
            })
    void wrongMember_isLeftOut_withoutAWordInTheLog(String member) {
        Log log = new Log();
        Logger logger = Logger.getLogger("io.opentelemetry.api.baggage.propagation");
        logger.addHandler(log);
        try {
            assertThat(read("baggage: first=1," + member + ",last=2").asMap()).containsOnlyKeys("first", "last");
        } finally {
            logger.removeHandler(log);
        }
        assertThat(log.messages).isEmpty();
    }

    @Test
    void limitsOfTheSpecification_hold() {
        String[] many =
                IntStream.range(0, 100).mapToObj(i -> "baggage: k" + i + "=1").toArray(String[]::new);

        assertThat(read(many).size()).isEqualTo(64);
        assertThat(read("baggage: k=" + "x".repeat(8200)).isEmpty()).isTrue();
        assertThat(read("baggage: k=" + "%20".repeat(2700)).size()).isEqualTo(1);
    }

    private static Baggage read(String... lines) {
        return Baggage.fromContext(PROPAGATOR.extract(Context.root(), HeaderLines.of(lines), HeaderLines.GETTER));
    }

    private static final class Log extends Handler {
        private final List<String> messages = new ArrayList<>();

        @Override
        public void publish(LogRecord record) {
            messages.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
