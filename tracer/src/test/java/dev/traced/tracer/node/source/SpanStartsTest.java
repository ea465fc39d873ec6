package dev.traced.tracer.node.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpanStartsTest {
    static Stream<Arguments> code() {
        return Stream.of(
                argumentSet("nothing", "", 0),
                argumentSet("no span", "work();", 0),
                argumentSet("JavaScript", "const a = tracer.startSpan('a'); const b = tracer.startSpan (\"b\");", 2),
                argumentSet(
                        "JavaScript, active", "return tracer.startActiveSpan('a', async span => { span.end(); })", 1),
                argumentSet("JavaScript, nested", "await f(tracer.startSpan('a'), tracer.startSpan('b'))", 2),
                argumentSet("Java", "Span s = tracer.spanBuilder(\"a\").setParent(c)\n  .startSpan();", 1),
                argumentSet("Java, a builder that starts nothing", "SpanBuilder b = tracer.spanBuilder(\"a\");", 0),
                argumentSet("Java, annotation", "@WithSpan\nvoid a() {}\n@WithSpan(\"b\") void b() {}", 2),
                argumentSet("Java, import", "import io.opentelemetry.instrumentation.annotations.WithSpan;", 0),
                argumentSet("ours", "try (ActiveSpan s = tracing.start(\"a\", SpanKind.INTERNAL)) {}", 1),
                argumentSet("Python", "with tracer.start_as_current_span('a') as s:\n  t = tracer.start_span('b')", 2),
                argumentSet("Python, decorator", "@tracer.start_as_current_span(\"a\")\ndef a(): pass", 1),
                argumentSet(
                        "Go",
                        "ctx, span := tracer.Start(ctx, \"a\")\nctx, s := otel.Tracer(\"x\").Start(ctx, \"b\")",
                        2),
                argumentSet("C#", "using var activity = source.StartActivity(\"a\");", 1),
                argumentSet("what else starts", "server.start(); timer.Start(); thread.start()", 0),
                argumentSet(
                        "comment", "// tracer.startSpan('a')\n/* tracer.startSpan('b') */ tracer.startSpan('c')", 1),
                argumentSet("comment without end", "tracer.startSpan('a') /* tracer.startSpan('b')", 1),
                argumentSet("Python's comment", "# tracer.start_span('a')\ntracer.start_span('b')", 1),
                argumentSet("private field of JavaScript", "this.#span = tracer.startSpan('a')", 1),
                argumentSet("text", "log(\"tracer.startSpan('a')\"); log('startSpan(1)'); log(`startSpan(`)", 0),
                argumentSet("text with escapes", "log('it\\'s startSpan('); tracer.startSpan('a')", 1),
                argumentSet("text blocks", "a = \"\"\"\nstartSpan(\n\"\"\"; b = '''startSpan('''; c.startSpan(d)", 1),
                argumentSet("an address in a text", "fetch('http://x/y'); tracer.startSpan('a')", 1),
                argumentSet("apostrophe that nothing closes", "// don't\nit's\ntracer.startSpan('a')", 1),
                argumentSet(
                        "declarations", "function startSpan(a) {}\ndef start_span(a): pass\nSpan startSpan() {}", 0),
                argumentSet("no call", "const start = tracer.startSpan; restartSpan(1); startSpans(2)", 0));
    }

    @ParameterizedTest
    @MethodSource("code")
    void startsOfSpans_areCounted(String code, int starts) {
        assertThat(SpanStarts.in(code)).isEqualTo(starts);
    }

    @Test
    @Timeout(5)
    void time_growsWithTheCodeOnly() {
        assertThat(SpanStarts.in("tracer.startSpan(\"a\");".repeat(40_000))).isEqualTo(40_000);
        assertThat(SpanStarts.in(").Start(".repeat(100_000))).isZero();
        assertThat(SpanStarts.in("'".repeat(1_000_000))).isZero();
    }
}
