package dev.traced.assembler.sampling;

import static dev.traced.assembler.TestSpans.named;
import static dev.traced.assembler.TestSpans.root;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.TestSpans;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.topics.Terms;
import java.util.List;
import org.junit.jupiter.api.Test;

class AskedTermsTest {
    private static final long[] ASKED =
            Terms.of(new TraceFilter("shop", "pay", SpanStatus.OK, 0, Long.MAX_VALUE, List.of(), null));

    @Test
    void spanThatIsReplaced_hasWhatItHasNow() {
        AskedTerms terms = new AskedTerms(ASKED, true);
        add(terms, 1, "shop", "pay");
        assertThat(terms.hasAll()).isTrue();

        add(terms, 1, "cart", "add");
        assertThat(terms.hasAll()).isFalse();

        add(terms, 2, "shop", "list");
        assertThat(terms.hasAll()).isFalse();
        add(terms, 1, "shop", "pay");
        assertThat(terms.hasAll()).isTrue();
    }

    @Test
    void ofATraceTooLargeForThat_itHasWhatItEverHad() {
        AskedTerms terms = new AskedTerms(ASKED, false);
        add(terms, 1, "shop", "pay");
        add(terms, 1, "cart", "add");
        assertThat(terms.hasAll()).isTrue();
    }

    private static void add(AskedTerms terms, int id, String service, String operation) {
        terms.add(TestSpans.value(List.of(named(root(1, id, 0), service, operation))));
    }
}
