package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceShapeTest {
    private final TraceShape.Builder spans = new TraceShape.Builder();

    private void span(long id, @Nullable Long parent, String service, long start, long end) {
        spans.add(new SpanId(0, id), parent == null ? null : new SpanId(0, parent), service, start, end);
    }

    @Test
    void trace_isComplete_ifItsRootAndEveryParentIsThere() {
        span(3, 2L, "c", 3, 4);
        span(2, 1L, "b", 2, 5);
        assertThat(spans.build().isComplete()).isFalse();
        assertThat(spans.missingParents()).containsExactly(new SpanId(0, 1));

        span(1, null, "a", 1, 6);
        assertThat(spans.build()).isEqualTo(new TraceShape(true, 0, 3, List.of("a", "b", "c"), false, false));
    }

    @Test
    void parentThatSeveralMiss_isMissedOnce() {
        span(1, null, "a", 1, 6);
        span(2, 7L, "b", 2, 5);
        span(3, 7L, "b", 2, 5);

        assertThat(spans.build().missingParents()).isEqualTo(1);
    }

    @Test
    void spanThatCameAgain_countsAsItCameLast() {
        span(1, 9L, "a", 1, 6);
        span(1, null, "b", 1, 6);

        assertThat(spans.build()).isEqualTo(new TraceShape(true, 0, 1, List.of("b"), false, false));
    }

    @Test
    void services_areTheFirstInOrder_eachOnce() {
        List<String> names = IntStream.range(0, 50)
                .mapToObj(i -> String.format(Locale.ROOT, "service %02d", i))
                .toList();
        List<String> shuffled = new ArrayList<>(names);
        shuffled.addAll(names);
        Collections.shuffle(shuffled, new Random(1));
        for (int i = 0; i < shuffled.size(); i++) {
            span(i, null, shuffled.get(i), 1, 6);
        }

        assertThat(spans.build().services()).isEqualTo(names.subList(0, TraceShape.MAX_SERVICES));
    }

    @Test
    void startBeforeTheParents_isSkew_andAnEndBeforeTheStartIsNegative() {
        span(1, null, "a", 10, 6);
        span(2, 1L, "b", 9, 12);

        TraceShape shape = spans.build();
        assertThat(shape.isSkewed()).isTrue();
        assertThat(shape.hasNegativeDuration()).isTrue();
    }

    @Test
    void spansThatAreTheirOwnAncestors_doNotHoldItUp() {
        span(1, 2L, "a", 1, 6);
        span(2, 1L, "a", 1, 6);
        span(3, 3L, "a", 1, 6);
        span(4, 1L, "a", 1, 6);

        TraceShape shape = spans.build();
        assertThat(shape.hasRoot()).isFalse();
        assertThat(shape.missingParents()).isZero();
        assertThat(shape.depth()).isBetween(1, 4);
    }

    @Test
    void deepTrace_doesNotOverflowTheStack() {
        span(1, null, "a", 1, 6);
        for (long id = 2; id <= 100_000; id++) {
            span(id, id - 1, "a", 1, 6);
        }

        assertThat(spans.build().depth()).isEqualTo(100_000);
    }

    @Test
    void parentWhoseServersHalfAloneCame_isThere() {
        spans.add(new SpanId(0, 1).serverHalf(), null, "a", 1, 6);
        span(2, 1L, "b", 1, 6);

        assertThat(spans.build()).isEqualTo(new TraceShape(true, 0, 2, List.of("a", "b"), false, false));
    }

    @Test
    void serversHalf_isBelowTheClients_whateverParentItNames() {
        spans.add(new SpanId(0, 1), null, "shop", 500, 900);
        spans.add(new SpanId(0, 1).serverHalf(), null, "cart", 100, 800);
        span(2, 1L, "cart", 200, 300);

        TraceShape shape = spans.build();
        assertThat(shape.depth()).isEqualTo(3);
        assertThat(shape.isSkewed()).isTrue();
        assertThat(shape.isComplete()).isTrue();
    }

    @Test
    void serversHalfThatKnowsNoParent_isNoRoot_besideItsClients() {
        spans.add(new SpanId(0, 2), new SpanId(0, 1), "shop", 1, 9);
        spans.add(new SpanId(0, 2).serverHalf(), null, "cart", 1, 9);

        TraceShape shape = spans.build();
        assertThat(shape.hasRoot()).isFalse();
        assertThat(spans.missingParents()).containsExactly(new SpanId(0, 1));
    }
}
