package dev.traced.assembler.stats;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rate, errors and duration of each service, from traces as they close; of one that closes again what is more. So many
 * services at most: later ones are counted together. For use by any number of threads.
 */
public final class ServiceMetrics {
    static final int MAX_SERVICES = 100;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final MeterRegistry registry;
    private final Map<String, Meter> meters = new ConcurrentHashMap<>();

    /** The same: two services may have one label. */
    private final Map<String, Meter> labels = new HashMap<>();

    public ServiceMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    private static final class Meter {
        private final LongAdder spans = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        Meter(String service, MeterRegistry registry) {
            FunctionCounter.builder("traced.service.spans", spans, LongAdder::doubleValue)
                    .description("Spans of closed traces")
                    .tag("service", service)
                    .register(registry);
            FunctionCounter.builder("traced.service.errors", errors, LongAdder::doubleValue)
                    .description("Spans of closed traces that are errors")
                    .tag("service", service)
                    .register(registry);
            FunctionTimer.builder(
                            "traced.service.duration",
                            this,
                            meter -> meter.spans.sum(),
                            meter -> meter.nanos.doubleValue(),
                            TimeUnit.NANOSECONDS)
                    .description("How long the spans of closed traces took")
                    .tag("service", service)
                    .register(registry);
        }

        void add(long moreSpans, long moreErrors, long moreNanos) {
            spans.add(moreSpans);
            errors.add(moreErrors);
            nanos.add(moreNanos);
        }
    }

    /** What a trace has more than it had. */
    private static final class Difference {
        private long spans;
        private long errors;
        private long nanos;

        void add(CountedTrace trace, int span, int times) {
            spans += times;
            errors += trace.isError(span) ? times : 0;
            nanos += times * trace.durationNanos(span);
        }
    }

    /**
     * A trace closes.
     *
     * @param before as it was when it closed last; null if it did not, or was too large
     * @param now as it is; null if it is too large
     */
    public void closed(@Nullable CountedTrace before, @Nullable CountedTrace now) {
        if (now == null) {
            return;
        }
        if (before == null) {
            for (int span = 0; span < now.spans(); span++) {
                meter(now.service(span)).add(1, now.isError(span) ? 1 : 0, now.durationNanos(span));
            }
            return;
        }
        Map<String, Difference> differences = new HashMap<>();
        add(differences, before, -1);
        add(differences, now, 1);
        differences.forEach((service, more) ->
                meter(service).add(Math.max(0, more.spans), Math.max(0, more.errors), Math.max(0, more.nanos)));
    }

    private static void add(Map<String, Difference> differences, CountedTrace trace, int times) {
        for (int span = 0; span < trace.spans(); span++) {
            differences
                    .computeIfAbsent(trace.service(span), first -> new Difference())
                    .add(trace, span, times);
        }
    }

    private Meter meter(String service) {
        Meter known = meters.get(service);
        if (known != null) {
            return known;
        }
        synchronized (this) { // or two threads would make one too many
            String kept = meters.size() < MAX_SERVICES ? service : StatsSlot.OTHER;
            return meters.computeIfAbsent(
                    kept, name -> labels.computeIfAbsent(label(name), label -> new Meter(label, registry)));
        }
    }

    /** Prometheus takes no page at all that has a control character in a label. */
    private static String label(String service) {
        return CONTROL.matcher(service).replaceAll("\uFFFD");
    }
}
