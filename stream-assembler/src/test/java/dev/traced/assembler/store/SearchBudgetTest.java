package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SearchBudgetTest {
    @Test
    void scans_areOnlySoManyAtATime() throws InterruptedException {
        SearchBudget budget = new SearchBudget(0);
        assertThat(budget.beginScan(in(0))).isTrue();
        assertThat(budget.beginScan(in(0))).isTrue();
        assertThat(budget.beginScan(in(1))).isFalse();

        budget.endScan();

        assertThat(budget.beginScan(in(0))).isTrue();
    }

    private static long in(int milliseconds) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }
}
