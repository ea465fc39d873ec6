package dev.traced.tracer.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a trace state is changed: samplers and those who use OpenTelemetry's API do. */
class W3CTraceStateTest {
    @Test
    void newMember_goesToTheLeft() {
        assertThat(state("a=1,b=2").toBuilder().put("ot", "th:8").build()).hasToString("ot=th:8,a=1,b=2");
    }

    @Test
    void changedMember_goesToTheLeft() {
        assertThat(state("a=1,b=2,c=3").toBuilder().put("c", "4").build()).hasToString("c=4,a=1,b=2");
    }

    @Test
    void newMemberOfAFullList_dropsTheRightMostOne() {
        StringBuilder full = new StringBuilder("v0=0");
        for (int i = 1; i < 32; i++) {
            full.append(",v").append(i).append("=0");
        }

        TraceState changed = state(full.toString()).toBuilder().put("new", "1").build();

        assertThat(changed.size()).isEqualTo(32);
        assertThat(changed.toString()).startsWith("new=1,v0=0,").endsWith(",v30=0");
    }

    @Test
    void newMemberOfALongList_dropsALargeOneFirst() {
        String large = "large=" + "x".repeat(200);
        String list = "a=1," + large + ",b=" + "y".repeat(120) + ",c=" + "z".repeat(120);

        assertThat(state(list).toBuilder().put("new", "v".repeat(60)).build().asMap())
                .containsOnlyKeys("new", "a", "b", "c");
    }

    @Test
    void removedMember_isGone_otherKeysStay() {
        assertThat(state("a=1,b=2").toBuilder().remove("a").remove("x").build()).hasToString("b=2");
        assertThat(state("a=1").toBuilder().remove("a").build().isEmpty()).isTrue();
    }

    @Test
    void memberThatMayNotBe_isIgnored() {
        TraceStateBuilder builder = state("a=1").toBuilder();

        builder.put("A", "2")
                .put("", "2")
                .put("b", "")
                .put("b", "x,y")
                .put("b", "x=y")
                .put("b", "x ");

        assertThat(builder.build()).isEqualTo(state("a=1"));
    }

    @Test
    void state_isReadLikeAnyOther() {
        TraceState state = state("5g=1,a@b@c=2");

        assertThat(state.get("a@b@c")).isEqualTo("2");
        assertThat(state.get("x")).isNull();
        assertThat(state.asMap()).containsExactly(Map.entry("5g", "1"), Map.entry("a@b@c", "2"));
        assertThat(state.isEmpty()).isFalse();
        assertThat(state).isEqualTo(state("5g=1, a@b@c=2")).hasSameHashCodeAs(state("5g=1,a@b@c=2"));
        assertThat(state).isNotEqualTo(state("a@b@c=2,5g=1"));
    }

    @Test
    void stateOfOthersMaking_isWrittenWithinTheLimits() {
        TraceState others = TraceState.builder()
                .put("a", "x".repeat(250))
                .put("b", "y".repeat(250))
                .put("c", "z".repeat(250))
                .build();

        assertThat(TraceStateHeader.format(others)).isEqualTo("c=" + "z".repeat(250) + ",b=" + "y".repeat(250));
        assertThat(TraceStateHeader.format(TraceState.getDefault())).isEmpty();
    }

    private static TraceState state(String header) {
        return TraceStateHeader.parse(List.of(header).iterator());
    }
}
