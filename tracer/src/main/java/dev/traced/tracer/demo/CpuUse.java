package dev.traced.tracer.demo;

import dev.traced.tracer.demo.shop.Member;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The CPU time that each service took over a number of requests, all its threads and the JVM's own included. */
record CpuUse(Map<Member, Duration> used, long requests) {
    /** CPU times and requests so far. */
    record Reading(Map<Member, Duration> used, long requests) {}

    static CpuUse between(Reading start, Reading end) {
        Map<Member, Duration> used = new EnumMap<>(Member.class);
        end.used()
                .forEach((member, until) ->
                        used.put(member, until.minus(start.used().getOrDefault(member, until))));
        return new CpuUse(used, end.requests() - start.requests());
    }

    /** Of one service, in milliseconds for each request that a visitor made. */
    double msPerRequest(Member member) {
        return perRequest(used.getOrDefault(member, Duration.ZERO));
    }

    double msPerRequest() {
        return perRequest(used.values().stream().reduce(Duration.ZERO, Duration::plus));
    }

    private double perRequest(Duration time) {
        return requests == 0 ? 0 : time.toNanos() / 1e6 / requests;
    }
}
