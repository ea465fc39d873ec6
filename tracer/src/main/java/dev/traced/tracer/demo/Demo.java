package dev.traced.tracer.demo;

import dev.traced.tracer.Tracing;
import dev.traced.tracer.demo.shop.Member;
import io.opentelemetry.api.OpenTelemetry;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens the shop, lets visitors come, and says what became of it. One thread uses it. */
public final class Demo {
    private static final Duration FLUSH_WITHIN = Duration.ofSeconds(10);

    private final Settings settings;
    private final Collector collector;
    private final PrintWriter out;
    private boolean isStopped;

    /**
     * @param url of the backend's API, which takes OTLP too
     * @param kafka bootstrap servers of the Kafka that orders go through
     * @param rate requests a second
     * @param duration after which it ends; null for when it is interrupted
     * @param isTraced false for the same shop without instrumentation
     * @param seed of what the visitors do
     */
    public record Settings(
            URI url, String kafka, int rate, @Nullable Duration duration, boolean isTraced, long seed) {
        private static final Duration UNTIL_STOPPED = Duration.ofDays(365);
        private static final Duration MAX_RAMP_UP = Duration.ofSeconds(20);

        private Duration time() {
            return duration == null ? UNTIL_STOPPED : duration;
        }

        /** A half of the time at most. */
        private Duration rampUp() {
            Duration half = time().dividedBy(2);
            return half.compareTo(MAX_RAMP_UP) < 0 ? half : MAX_RAMP_UP;
        }
    }

    public Demo(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.collector = new Collector(settings.url());
        this.out = out;
    }

    /**
     * Runs until its time is over or the thread is interrupted; the services end before it returns.
     *
     * @return false if the collector lacks anything of what was to be compared
     */
    public boolean run() throws InterruptedException {
        say("opening the shop: " + Member.values().length + " processes");
        try (Shop shop = Shop.open(settings.kafka(), settings.isTraced() ? settings.url() : null)) {
            say("the shop is open: " + shop.entrance() + "/"
                    + (settings.duration() == null ? " (Ctrl-C closes it)" : ""));
            return settings.isTraced() ? traced(shop) : untraced(shop);
        }
    }

    private boolean untraced(Shop shop) throws InterruptedException {
        try (Progress progress = new Progress(collector, false, false, out)) {
            CpuUse cpu = letVisitorsCome(shop, OpenTelemetry.noop(), progress);
            shop.end();
            new Report(out).print(cpu);
            return true;
        }
    }

    private boolean traced(Shop shop) throws InterruptedException {
        say("its traces: " + settings.url().resolve("/"));
        boolean isCompared = settings.duration() != null;
        try (Tracing tracing =
                        Tracing.builder("visitors").endpoint(settings.url()).build();
                Progress progress = new Progress(collector, isCompared, true, out)) {
            CpuUse cpu = letVisitorsCome(shop, tracing.openTelemetry(), progress);
            Map<Member, Shop.Dropped> dropped = shop.end();
            tracing.flush(FLUSH_WITHIN);
            progress.show();
            if (!isCompared || isStopped) {
                new Report(out).print(dropped);
                return true;
            }
            Comparison compared = Comparison.of(progress.visits(), collector);
            new Report(out).print(compared, dropped, tracing.dropped(), cpu);
            boolean isWhole = compared.whole() == progress.requests();
            return isWhole && tracing.dropped() == 0 && Shop.isNothingDropped(dropped);
        }
    }

    /** What is measured begins when so many come as are to come. An interrupt ends it: it is somebody who stops the demo. */
    private CpuUse letVisitorsCome(Shop shop, OpenTelemetry telemetry, Progress progress) throws InterruptedException {
        Visitors visitors = new Visitors(shop.entrance(), telemetry, settings.seed(), progress::add);
        CpuUse.Reading start = new CpuUse.Reading(shop.cpu(), 0);
        try {
            visitors.tryOut();
            visitors.come(settings.rate(), settings.rampUp(), settings.rampUp());
            start = new CpuUse.Reading(shop.cpu(), progress.requests());
            visitors.come(settings.rate(), Duration.ZERO, settings.time().minus(settings.rampUp()));
        } catch (InterruptedException e) {
            isStopped = true;
            say("the shop closes");
        }
        CpuUse used = CpuUse.between(start, new CpuUse.Reading(shop.cpu(), progress.requests()));
        if (!visitors.leave()) {
            say("some requests were not answered");
        }
        return used;
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
