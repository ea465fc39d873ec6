package dev.traced.tracer.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.exporter.internal.FailedExportException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import org.junit.jupiter.api.Test;

class RefusalTest {
    /** OTLP: who is disconnected without an answer tries again. A proxy whose collector restarts does that for a while. */
    @Test
    void aCollectorThatHangsUp_isAway() {
        assertThat(kindOf(new ConnectException("refused"))).isEqualTo(Refusal.Kind.LATER);
        assertThat(kindOf(new IOException("unexpected end of stream", new EOFException("\\n not found"))))
                .isEqualTo(Refusal.Kind.LATER);
    }

    @Test
    void whatNoCollectorAnswers_isUnclear() {
        assertThat(kindOf(new ProtocolException("Unexpected status line: hello")))
                .isEqualTo(Refusal.Kind.UNCLEAR);
    }

    private static Refusal.Kind kindOf(IOException failure) {
        return Refusal.of(FailedExportException.httpFailedExceptionally(failure))
                .kind();
    }
}
