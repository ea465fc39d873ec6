package dev.traced.tracer.demo;

import dev.traced.tracer.demo.process.Child;
import dev.traced.tracer.demo.shop.Member;
import dev.traced.tracer.demo.shop.ShopService;
import dev.traced.tracer.demo.shop.ShopSidecar;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The processes of the shop. One thread uses it. */
final class Shop implements AutoCloseable {
    /**
     * Many small processes on one machine: each compiles quickly, and takes little memory. Not too little, though: with 64 MB, on
     * a machine that was too slow for the visitors, those who waited in the storefront filled its heap, and from then on it spent
     * 40 % of its CPU on collecting it.
     */
    private static final List<String> JVM = List.of(
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dlogback.configurationFile=dev/traced/tracer/demo/shop.xml");

    private static final Duration START_WITHIN = Duration.ofSeconds(60);
    private static final Duration END_WITHIN = Duration.ofSeconds(20);

    private final Map<Member, Child> children = new EnumMap<>(Member.class);
    private final Map<Member, String> addresses = new EnumMap<>(Member.class);
    private final String kafka;
    private final @Nullable URI endpoint;

    private Shop(String kafka, @Nullable URI endpoint) {
        this.kafka = kafka;
        this.endpoint = endpoint;
    }

    /** What a service lost of its telemetry. */
    record Dropped(int spans, int logs) {
        private static Dropped read(String said) {
            String[] lost = said.split(" ", 2);
            return new Dropped(Integer.parseInt(lost[0]), Integer.parseInt(lost[1]));
        }
    }

    /**
     * Starts all services, those first that others call.
     *
     * @param endpoint where traces go, by OTLP over HTTP; null for none
     */
    static Shop open(String kafka, @Nullable URI endpoint) throws InterruptedException {
        Shop shop = new Shop(kafka, endpoint);
        try {
            while (shop.addresses.size() < Member.values().length) {
                shop.startNext();
            }
            return shop;
        } catch (InterruptedException | RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    /** Starts, beside each other, all that call no others but those that run. */
    private void startNext() throws InterruptedException {
        List<Member> started = new ArrayList<>();
        for (Member member : Member.values()) {
            if (addresses.containsKey(member) || !addresses.keySet().containsAll(member.calls())) {
                continue;
            }
            if (member == Member.SIDECAR && endpoint == null) {
                addresses.put(member, address(Member.REVIEWS));
            } else {
                children.put(member, start(member));
                started.add(member);
            }
        }
        for (Member member : started) {
            addresses.put(member, "http://127.0.0.1:" + child(member).await("port", START_WITHIN));
        }
    }

    private Child start(Member member) {
        List<String> arguments = new ArrayList<>(List.of(member.name(), "kafka=" + kafka));
        if (endpoint != null) {
            arguments.add("endpoint=" + endpoint);
        }
        for (Member called : member.calls()) {
            arguments.add(called.service() + "=" + address(called));
        }
        Class<?> main = member == Member.SIDECAR ? ShopSidecar.class : ShopService.class;
        return Child.start(member.service(), JVM, main.getName(), arguments);
    }

    private String address(Member member) {
        return Objects.requireNonNull(addresses.get(member), member::service);
    }

    private Child child(Member member) {
        return Objects.requireNonNull(children.get(member), member::service);
    }

    /** Where visitors go. */
    URI entrance() {
        return URI.create(address(Member.STOREFRONT));
    }

    /** CPU time of each service so far. */
    Map<Member, Duration> cpu() {
        Map<Member, Duration> cpu = new EnumMap<>(Member.class);
        children.forEach((member, child) -> cpu.put(member, child.cpu()));
        return cpu;
    }

    /** Ends the services, each before those that it calls, and says what each lost; nothing of one that failed. */
    Map<Member, Dropped> end() throws InterruptedException {
        Map<Member, Dropped> dropped = new EnumMap<>(Member.class);
        List<Member> lastFirst = new ArrayList<>(children.keySet());
        Collections.reverse(lastFirst);
        for (Member member : lastFirst) {
            try (Child child = child(member)) {
                child.end();
                dropped.put(member, Dropped.read(child.await("dropped", END_WITHIN)));
            } catch (IllegalStateException e) {
                System.err.println("traced: " + e.getMessage());
            }
        }
        children.clear();
        return dropped;
    }

    /** False, too, where one has not said. */
    static boolean isNothingDropped(Map<Member, Dropped> dropped) {
        return dropped.size() == Member.values().length
                && dropped.values().stream().allMatch(lost -> lost.spans() == 0 && lost.logs() == 0);
    }

    @Override
    public void close() {
        children.values().forEach(Child::end);
        children.values().forEach(Child::close);
    }
}
