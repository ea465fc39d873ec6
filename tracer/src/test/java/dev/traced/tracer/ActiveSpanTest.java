package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a span, as the collector gets to see it. */
class ActiveSpanTest {
    private static final SpanContext ELSEWHERE = SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", TraceFlags.getSampled(), TraceState.getDefault());

    private final Collector collector = new Collector();
    private final HandClock wall = new HandClock();
    private final Tracing tracing = Tracing.builder("shop")
            .endpoint(collector.url())
            .clock(new SteadyClock(wall))
            .build();

    @AfterEach
    void close() {
        tracing.close();
        collector.close();
        assertThat(Context.current()).as("what this test leaves to the next").isSameAs(Context.root());
    }

    @Test
    void allThatASpanIs_arrives() {
        try (ActiveSpan span = tracing.start("charge", SpanKind.CLIENT)) {
            wall.pass(Duration.ofMillis(5));
            span.attribute("card.brand", "visa")
                    .attribute("cents", 1_250L)
                    .attribute("share", 0.25)
                    .attribute("retried", true)
                    .event("asked")
                    .event("answered", Attributes.of(AttributeKey.longKey("bytes"), 17L))
                    .link(ELSEWHERE)
                    .name("charge card");
            wall.pass(Duration.ofMillis(7));
        }
        Span sent = sent("charge card");

        assertThat(sent.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(sent.getStartTimeUnixNano()).isEqualTo(HandClock.START);
        assertThat(sent.getEndTimeUnixNano()).isEqualTo(HandClock.START + 12_000_000);
        assertThat(attributes(sent.getAttributesList()))
                .containsOnly(
                        Map.entry("card.brand", text("visa")),
                        Map.entry(
                                "cents",
                                AnyValue.newBuilder().setIntValue(1_250).build()),
                        Map.entry(
                                "share",
                                AnyValue.newBuilder().setDoubleValue(0.25).build()),
                        Map.entry(
                                "retried",
                                AnyValue.newBuilder().setBoolValue(true).build()));
        assertThat(sent.getEventsList()).extracting(Span.Event::getName).containsExactly("asked", "answered");
        assertThat(sent.getEventsList())
                .extracting(Span.Event::getTimeUnixNano)
                .containsOnly(HandClock.START + 5_000_000);
        assertThat(sent.getLinksList()).extracting(Span.Link::getSpanId).containsExactly(bytes("b7ad6b7169203331"));
        assertThat(sent.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    }

    @ParameterizedTest
    @EnumSource
    void eachKind_arrives(SpanKind kind) {
        tracing.start("work", kind).close();

        assertThat(sent("work").getKind().name()).isEqualTo("SPAN_KIND_" + kind);
    }

    @Test
    void endedTwice_endsOnce() {
        ActiveSpan span = tracing.start("work", SpanKind.INTERNAL);
        wall.pass(Duration.ofMillis(1));
        span.close();
        wall.pass(Duration.ofMillis(9));
        span.close();
        span.span().end();

        Span sent = sent("work");
        assertThat(sent.getEndTimeUnixNano() - sent.getStartTimeUnixNano()).isEqualTo(1_000_000);
    }

    @Test
    void aFailure_isRecordedWithItsStackTrace() {
        try (ActiveSpan span = tracing.start("work", SpanKind.INTERNAL)) {
            span.fail(new IllegalStateException("card declined"));
        }
        Span sent = sent("work");

        assertThat(sent.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(sent.getStatus().getMessage()).isEqualTo("card declined");
        Map<String, AnyValue> exception = attributes(sent.getEvents(0).getAttributesList());
        assertThat(sent.getEvents(0).getName()).isEqualTo("exception");
        assertThat(exception).containsEntry("exception.type", text("java.lang.IllegalStateException"));
        assertThat(exception).containsEntry("exception.message", text("card declined"));
        assertThat(exception.get("exception.stacktrace").getStringValue()).contains("ActiveSpanTest");
    }

    @Test
    void aFailureWithoutMessage_isNamedByItsClass() {
        try (ActiveSpan span = tracing.start("work", SpanKind.INTERNAL)) {
            span.fail(new StackOverflowError());
        }

        assertThat(sent("work").getStatus().getMessage()).isEqualTo("java.lang.StackOverflowError");
    }

    @Test
    void anErrorStays_unlessItIsSaidToBeOk() {
        try (ActiveSpan span = tracing.start("stays", SpanKind.INTERNAL)) {
            span.fail("no").attribute("then", "more").event("and more");
        }
        try (ActiveSpan span = tracing.start("ok after all", SpanKind.INTERNAL)) {
            span.fail("no").ok();
        }
        try (ActiveSpan span = tracing.start("ok is final", SpanKind.INTERNAL)) {
            span.ok().fail("no");
        }
        tracing.flush(Duration.ofSeconds(5));

        assertThat(collector.span("stays").getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(collector.span("ok after all").getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_OK);
        assertThat(collector.span("ok is final").getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_OK);
    }

    @Test
    void whatIsNullOrOdd_isLeftOut() {
        try (ActiveSpan span = tracing.start("odd", SpanKind.INTERNAL)) {
            callEverythingWithNulls(span);
            span.fail(new Unspeakable());
        }
        tracing.start(null, null).close();
        tracing.start("", SpanKind.INTERNAL, null).close();

        Span sent = sent("odd");
        assertThat(sent.getAttributesList()).isEmpty();
        assertThat(sent.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(collector.spans()).hasSize(3);
    }

    @Test
    void afterTheEnd_nothingChanges() {
        ActiveSpan span = tracing.start("work", SpanKind.INTERNAL);
        span.close();

        assertThatCode(() -> {
                    callEverythingWithNulls(span);
                    span.attribute("late", 1)
                            .event("late")
                            .link(ELSEWHERE)
                            .name("late")
                            .fail("late")
                            .ok();
                    span.close();
                })
                .doesNotThrowAnyException();
        Span sent = sent("work");
        assertThat(sent.getAttributesList()).isEmpty();
        assertThat(sent.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    }

    @Test
    void afterTracingIsClosed_spansAreNothing() {
        ActiveSpan open = tracing.start("open", SpanKind.INTERNAL);
        tracing.close();

        open.attribute("late", 1).fail(new IllegalStateException()).close();
        tracing.start("late", SpanKind.SERVER).attribute("a", 1).close();
        tracing.close();

        assertThat(collector.spans()).isEmpty();
        assertThat(tracing.droppedSpans().closed()).isEqualTo(1);
    }

    @Test
    void closedOutOfOrder_nothingIsBelowThemAfterwards() {
        ActiveSpan outer = tracing.start("outer", SpanKind.INTERNAL);
        ActiveSpan inner = tracing.start("inner", SpanKind.INTERNAL);
        outer.close();
        tracing.start("below inner", SpanKind.INTERNAL).close();
        inner.close();
        tracing.start("next", SpanKind.INTERNAL).close();

        tracing.flush(Duration.ofSeconds(5));
        assertThat(collector.span("inner").getParentSpanId())
                .isEqualTo(collector.span("outer").getSpanId());
        assertThat(collector.span("below inner").getParentSpanId())
                .isEqualTo(collector.span("inner").getSpanId());
        assertThat(collector.span("next").getParentSpanId()).isEmpty();
    }

    @Test
    void closedByAnotherThread_itIsLeftByItsOwn() throws Exception {
        ExecutorService elsewhere = Executors.newSingleThreadExecutor();
        try {
            ActiveSpan span = tracing.start("handed over", SpanKind.SERVER);
            Context context = span.context();
            elsewhere
                    .submit(context.wrap(() -> {
                        span.close();
                        tracing.start("still below", SpanKind.INTERNAL).close();
                    }))
                    .get();
            elsewhere
                    .submit(() -> tracing.start("of the other thread", SpanKind.SERVER)
                            .close())
                    .get();
            tracing.start("next", SpanKind.SERVER).close();
        } finally {
            elsewhere.shutdownNow();
        }

        tracing.flush(Duration.ofSeconds(5));
        assertThat(collector.span("still below").getParentSpanId())
                .isEqualTo(collector.span("handed over").getSpanId());
        assertThat(collector.span("of the other thread").getParentSpanId()).isEmpty();
        assertThat(collector.span("next").getParentSpanId()).isEmpty();
    }

    @Test
    void aContextThatIsMadeCurrentAgain_staysSo_thoughItsSpanHasEnded() {
        ActiveSpan span = tracing.start("ended", SpanKind.SERVER);
        span.close();
        try (Scope again = span.context().makeCurrent()) {
            tracing.start("callback", SpanKind.INTERNAL).close();
            assertThat(again).isNotNull();
            assertThat(Context.current()).isSameAs(span.context());
        }

        tracing.flush(Duration.ofSeconds(5));
        assertThat(collector.span("callback").getParentSpanId())
                .isEqualTo(collector.span("ended").getSpanId());
    }

    /** As of a task that submits itself again, each time below the span before. */
    @Test
    void spansBelowEachOtherWithoutEnd_keepNoneOfThoseBefore() {
        Context last = below(Context.root());
        WeakReference<Context> first = new WeakReference<>(last);
        for (int i = 0; i < 3; i++) {
            last = below(last);
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> {
            System.gc();
            return first.refersTo(null);
        });
        assertThat(last).as("what is still there").isNotNull();
    }

    private Context below(Context context) {
        try (Scope again = context.makeCurrent();
                ActiveSpan span = tracing.start("below", SpanKind.INTERNAL)) {
            assertThat(again).isNotNull();
            return span.context();
        }
    }

    @Test
    void aParentThatCameInARequest() {
        Context received = Context.root().with(io.opentelemetry.api.trace.Span.wrap(ELSEWHERE));
        try (ActiveSpan ignored = tracing.start("server", SpanKind.SERVER, received)) {
            tracing.start("below", SpanKind.INTERNAL).close();
        }

        tracing.flush(Duration.ofSeconds(5));
        assertThat(collector.span("server").getParentSpanId()).isEqualTo(bytes("b7ad6b7169203331"));
        assertThat(collector.span("below").getTraceId()).isEqualTo(bytes("0af7651916cd43dd8448eb211c80319c"));
        assertThat(collector.span("below").getParentSpanId())
                .isEqualTo(collector.span("server").getSpanId());
    }

    @Test
    void whatIsTooMuch_isCut_andSaidToBe() {
        try (ActiveSpan span = tracing.start("much", SpanKind.INTERNAL)) {
            for (int i = 0; i < 200; i++) {
                span.attribute("key" + i, "x".repeat(10_000)).event("event").link(ELSEWHERE);
            }
        }
        Span sent = sent("much");

        assertThat(sent.getAttributesList()).hasSize(128).allSatisfy(attribute -> assertThat(
                        attribute.getValue().getStringValue())
                .hasSize(8_192));
        assertThat(sent.getDroppedAttributesCount()).isEqualTo(72);
        assertThat(sent.getEventsList()).hasSize(128);
        assertThat(sent.getDroppedEventsCount()).isEqualTo(72);
        assertThat(sent.getLinksList()).hasSize(128);
        assertThat(sent.getDroppedLinksCount()).isEqualTo(72);
    }

    private static void callEverythingWithNulls(ActiveSpan span) {
        span.attribute(null, "a")
                .attribute("a", null)
                .attribute(null, 1)
                .attribute(null, 1.0)
                .attribute(null, true);
        span.attribute("", "empty key")
                .event(null)
                .event(null, null)
                .event("e", null)
                .link(null);
        span.link(SpanContext.getInvalid())
                .name(null)
                .name("")
                .fail((Throwable) null)
                .fail((String) null);
    }

    private Span sent(String name) {
        assertThat(tracing.flush(Duration.ofSeconds(5))).isTrue();
        return collector.span(name);
    }

    private static Map<String, AnyValue> attributes(List<KeyValue> list) {
        return list.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static AnyValue text(String value) {
        return AnyValue.newBuilder().setStringValue(value).build();
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(java.util.HexFormat.of().parseHex(hex));
    }

    /** An exception of a program that is none of our business, and throws when it is asked anything. */
    private static final class Unspeakable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("do not ask");
        }
    }
}
