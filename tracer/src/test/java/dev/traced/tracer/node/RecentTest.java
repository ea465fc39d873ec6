package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentTest {
    private final List<String> forgotten = new ArrayList<>();
    private final Recent<String, String> recent = new Recent<>(10, forgotten::add);

    @Test
    void oldest_goFirst_andNoMoreThanMust() {
        recent.add("a", "A", 4);
        recent.add("b", "B", 4);
        recent.add("c", "C", 4);

        assertThat(recent.values()).containsExactly("B", "C");
        assertThat(forgotten).containsExactly("A");
    }

    @Test
    void entryThatGrows_makesTheOthersGo_evenWhenItIsTheOldest() {
        recent.add("a", "A", 4);
        recent.add("b", "B", 4);
        recent.grow("a", 4);

        assertThat(recent.values()).containsExactly("A");
        assertThat(recent.canGrow("a", 2)).isTrue();
        assertThat(recent.canGrow("a", 3)).isFalse();
    }
}
