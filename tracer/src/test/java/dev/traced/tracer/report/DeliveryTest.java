package dev.traced.tracer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    /** Whatever else throws there, a class that is missing for example, the thread that sends must not end with it. */
    @Test
    void anErrorOfTheExporter_isARefusal() {
        Backlog backlog = new Backlog(10, 100);
        Delivery<String> delivery = new Delivery<>(
                "spans",
                backlog,
                String::length,
                batch -> {
                    throw new NoClassDefFoundError("Missing");
                },
                () -> PartialSuccess.NONE);
        backlog.admit(3);

        assertThat(delivery.deliver(List.of("abc")).isSuccess()).isFalse();

        assertThat(backlog.drops()).isEqualTo(new Drops(0, 1, 0));
        assertThat(backlog.waiting()).isZero();
        assertThat(backlog.waitingBytes()).isZero();
    }
}
