package dev.traced.tracer.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the collector has of the visits, each held against what its journey must have: it must be complete, with as many spans and
 * logs of each service as the journey has, neither less nor more. Any thread may call any method.
 */
final class Comparison {
    private static final int AT_A_TIME = 4;
    private static final int PROBLEMS_TOLD = 10;

    private final Map<String, Integer> spans = new TreeMap<>();
    private final Map<String, Integer> logs = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private int whole;
    private int visits;

    static Comparison of(List<Visit> visits, Collector collector) throws InterruptedException {
        Comparison comparison = new Comparison();
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            List<Future<?>> looks = new ArrayList<>();
            for (Visit visit : visits) {
                looks.add(threads.submit(() -> comparison.look(visit, collector)));
            }
            for (Future<?> look : looks) {
                look.get();
            }
            return comparison;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot compare", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void look(Visit visit, Collector collector) {
        try {
            Optional<Collector.Trace> found = collector.trace(visit.traceId());
            found.ifPresentOrElse(trace -> add(trace, problem(visit, trace)), () -> add(visit + " has no trace"));
        } catch (IOException e) {
            add(visit + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void add(Collector.Trace trace, String problem) {
        trace.spans().forEach((service, count) -> spans.merge(service, count, Integer::sum));
        trace.logs().forEach((service, count) -> logs.merge(service, count, Integer::sum));
        add(problem);
    }

    /** @param problem empty where there is none */
    private synchronized void add(String problem) {
        visits++;
        if (problem.isEmpty()) {
            whole++;
        } else if (problems.size() < PROBLEMS_TOLD) {
            problems.add(problem);
        }
    }

    /** What is wrong with a trace; empty if nothing is. */
    static String problem(Visit visit, Collector.Trace trace) {
        Journey journey = visit.journey();
        if (!visit.endedAsItMust()) {
            return visit + " must have been answered " + journey.status();
        }
        if (!trace.isComplete()) {
            return visit + " is not complete";
        }
        if (!trace.spans().equals(journey.spans())) {
            return visit + " has spans " + trace.spans() + ", must have " + new TreeMap<>(journey.spans());
        }
        if (!trace.logs().equals(journey.logs())) {
            return visit + " has logs " + trace.logs() + ", must have " + new TreeMap<>(journey.logs());
        }
        return "";
    }

    synchronized int visits() {
        return visits;
    }

    /** How many of them are as they must be. */
    synchronized int whole() {
        return whole;
    }

    /** What is wrong with the first few of the others. */
    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** Spans that the collector has of the visits. */
    synchronized int spans(String service) {
        return spans.getOrDefault(service, 0);
    }

    /** Of all services. */
    synchronized int spans() {
        return spans.values().stream().mapToInt(count -> count).sum();
    }

    synchronized int logs() {
        return logs.values().stream().mapToInt(count -> count).sum();
    }

    synchronized int logs(String service) {
        return logs.getOrDefault(service, 0);
    }
}
