package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.trace.v1.Span;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The current span is that of a thread; a task is below the span that submitted it. */
class ContextAcrossThreadsTest {
    private static final int REQUESTS = 200;

    private final Collector collector = new Collector();
    private final Tracing tracing =
            Tracing.builder("shop").endpoint(collector.url()).build();

    @AfterEach
    void close() {
        tracing.close();
        collector.close();
    }

    @Test
    void threadsOfAPool() throws Exception {
        eachTaskIsBelowTheSpanThatSubmittedIt(Executors.newFixedThreadPool(4));
    }

    /** Where the JDK has them. */
    @Test
    void virtualThreads() throws Exception {
        eachTaskIsBelowTheSpanThatSubmittedIt(virtualThreadPerTask());
    }

    @Test
    void withoutIt_aTaskBeginsATraceOfItsOwn() throws Exception {
        ExecutorService plain = Executors.newFixedThreadPool(1);
        try (ActiveSpan ignored = tracing.start("request", SpanKind.SERVER)) {
            plain.submit(() -> tracing.start("task", SpanKind.INTERNAL).close()).get();
            assertThat(ignored.span().isRecording()).isTrue();
        } finally {
            plain.shutdownNow();
        }
        tracing.flush(Duration.ofSeconds(5));

        assertThat(collector.span("task").getParentSpanId()).isEmpty();
    }

    private void eachTaskIsBelowTheSpanThatSubmittedIt(ExecutorService plain) throws Exception {
        ExecutorService executor = Tracing.propagating(plain);
        try {
            List<Future<?>> tasks = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                int request = i;
                try (ActiveSpan span = tracing.start("request " + i, SpanKind.SERVER)) {
                    tasks.add(executor.submit(() -> task(request)));
                    executor.invokeAll(List.<Callable<Object>>of(() -> task(request + REQUESTS)));
                    assertThat(span.span().isRecording()).isTrue();
                }
            }
            for (Future<?> task : tasks) {
                assertThat(task.get()).isEqualTo("done");
            }
            assertThat(plain.submit(Context::current).get())
                    .as("nothing stays behind")
                    .isSameAs(Context.root());
        } finally {
            plain.shutdown();
        }
        tracing.flush(Duration.ofSeconds(5));

        Map<String, Span> spans =
                collector.spans().stream().collect(Collectors.toMap(Span::getName, Function.identity()));
        assertThat(spans).hasSize(REQUESTS * 5);
        for (int i = 0; i < 2 * REQUESTS; i++) {
            Span request = spans.get("request " + i % REQUESTS);
            Span task = spans.get("task " + i);
            assertThat(task.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(task.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(task.getStartTimeUnixNano()).isGreaterThanOrEqualTo(request.getStartTimeUnixNano());
            ByteString step = spans.get("step " + i).getParentSpanId();
            assertThat(step).isEqualTo(task.getSpanId());
        }
    }

    private Object task(int number) {
        try (ActiveSpan task = tracing.start("task " + number, SpanKind.INTERNAL)) {
            Thread.yield();
            tracing.start("step " + number, SpanKind.INTERNAL).close();
            return task.span().isRecording() ? "done" : "not recorded";
        }
    }

    private static ExecutorService virtualThreadPerTask() throws ReflectiveOperationException {
        Method factory;
        try {
            factory = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
        } catch (NoSuchMethodException e) {
            assumeTrue(false, "this JDK has no virtual threads");
            throw e;
        }
        return (ExecutorService) factory.invoke(null);
    }
}
