package dev.traced.assembler.stats;

import dev.traced.model.DurationHistogram;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the traces that start within some seconds or minutes. Of bounded size: names beyond the limits, or for which
 * there is no memory, count under {@value #OTHER}. A name that has a cell keeps it, and one that found no room finds none
 * later, so that what is taken away is taken from where it was added, in whatever order that happens. Not thread-safe.
 */
final class StatsSlot {
    static final String OTHER = "(other)";
    static final int MAX_SERVICES = 200;

    /** Of all services together. */
    static final int MAX_OPERATIONS = 1_000;

    static final int MAX_CALLS = 1_000;

    /** What cells take of the heap, each with its place in a map, without its name and the buckets of its durations. */
    private static final int SERVICE_BYTES = 340;

    private static final int OPERATION_BYTES = 150;
    private static final int OPERATION_OF_ANY_SERVICE_BYTES = 70;
    private static final int CALL_BYTES = 110;
    private static final int EMPTY_BYTES = 500;
    private static final int EMPTY_NAME_BYTES = 40;

    private static final DurationHistogram NONE = new DurationHistogram();

    private final StatsBudget budget;
    private final Function<String, @Nullable String> inMemory;
    private final Map<String, Service> services = new HashMap<>();
    private final Map<String, Traces> operations = new HashMap<>();
    private int operationsOfServices;
    private int calls;
    private long traces;
    private boolean isFull;
    private long bytes;
    private boolean isOutOfMemory;

    /** Tells the cells that have seen a trace from those that have not. */
    private long turn;

    /** How many traces have something to do with a name. */
    private static class Traces {
        final String name;
        long traces;
        private long turn;

        Traces(String name) {
            this.name = name;
        }

        void add(long ofTurn, int times) {
            if (turn != ofTurn) {
                turn = ofTurn;
                traces += times;
            }
        }
    }

    private static final class Service extends Traces {
        final Map<String, Operation> operations = new HashMap<>();
        final Map<String, Spans> callers = new HashMap<>();

        Service(String name) {
            super(name);
        }
    }

    private static final class Operation extends Traces {
        final Traces ofAnyService;
        final Spans spans = new Spans();

        Operation(Traces ofAnyService) {
            super(ofAnyService.name);
            this.ofAnyService = ofAnyService;
        }
    }

    private static final class Spans {
        long errors;
        final DurationHistogram durations = new DurationHistogram();

        void add(CountedTrace trace, int span, int times) {
            durations.add(trace.durationNanos(span), times);
            if (trace.isError(span)) {
                errors += times;
            }
        }
    }

    /**
     * @param budget what all slots share
     * @param inMemory finds an equal name of another slot; null if there is none
     */
    StatsSlot(StatsBudget budget, Function<String, @Nullable String> inMemory) {
        this.budget = budget;
        this.inMemory = inMemory;
        use(EMPTY_BYTES);
    }

    private void use(long more) {
        if (more != 0) {
            bytes += more;
            budget.use(more);
        }
    }

    /** Gives back what it took of the budget: it is not used any more. */
    void release() {
        use(-bytes);
    }

    /** @param times 1, or -1 to take it away */
    void add(CountedTrace trace, int times) {
        turn++;
        traces += times;
        for (int span = 0; span < trace.spans(); span++) {
            Service service = service(trace.service(span));
            service.add(turn, times);
            Operation operation = operation(service, trace.operation(span));
            operation.add(turn, times);
            operation.ofAnyService.add(turn, times);
            add(operation.spans, trace, span, times);
            String caller = trace.caller(span);
            if (caller != null) {
                add(call(service(caller), service), trace, span, times);
            }
        }
    }

    private void add(Spans spans, CountedTrace trace, int span, int times) {
        long before = spans.durations.bytes();
        spans.add(trace, span, times);
        use(spans.durations.bytes() - before);
    }

    /** There must not be memory again once there was none: what was counted under another name would be missed. */
    private boolean hasMemory() {
        isOutOfMemory |= budget.isSpent();
        return !isOutOfMemory;
    }

    /** The name as it is kept: one that is in memory already takes no more. */
    private String keep(String name) {
        String known = inMemory.apply(name);
        if (known != null) {
            return known;
        }
        use(EMPTY_NAME_BYTES + 2L * name.length());
        return name;
    }

    private Service service(String name) {
        Service known = services.get(name);
        if (known != null) {
            return known;
        }
        boolean hasRoom = services.size() < MAX_SERVICES && hasMemory();
        isFull |= !hasRoom;
        return makeService(hasRoom ? keep(name) : OTHER);
    }

    private Service makeService(String name) {
        return services.computeIfAbsent(name, missing -> {
            use(SERVICE_BYTES);
            return new Service(missing);
        });
    }

    private Operation operation(Service service, String name) {
        Operation known = service.operations.get(name);
        if (known != null) {
            return known;
        }
        String kept = OTHER;
        if (operationsOfServices < MAX_OPERATIONS && hasMemory()) {
            operationsOfServices++;
            kept = operations.containsKey(name) ? name : keep(name);
        } else {
            isFull = true;
        }
        Traces ofAnyService = operations.computeIfAbsent(kept, missing -> {
            use(OPERATION_OF_ANY_SERVICE_BYTES);
            return new Traces(missing);
        });
        return service.operations.computeIfAbsent(ofAnyService.name, missing -> {
            use(OPERATION_BYTES);
            return new Operation(ofAnyService);
        });
    }

    private Spans call(Service caller, Service callee) {
        Spans known = callee.callers.get(caller.name);
        if (known != null) {
            return known;
        }
        if (calls < MAX_CALLS && hasMemory()) {
            calls++;
            return makeCall(caller.name, callee);
        }
        isFull = true;
        return makeCall(OTHER, makeService(OTHER));
    }

    private Spans makeCall(String caller, Service callee) {
        return callee.callers.computeIfAbsent(caller, missing -> {
            use(CALL_BYTES);
            return new Spans();
        });
    }

    /** An equal name that is here; null if there is none. */
    @Nullable
    String name(String name) {
        Traces known = services.get(name);
        if (known == null) {
            known = operations.get(name);
        }
        return known == null ? null : known.name;
    }

    /** Whether there were more names than it keeps apart. */
    boolean isFull() {
        return isFull;
    }

    boolean isEmpty() {
        return traces == 0;
    }

    /**
     * Adds what a query asks for to a page.
     *
     * @param step the line for the step of time that it is a part of
     */
    void addTo(StatsPage page, StatsQuery query, StatsKey step) {
        if (query.by() == StatsQuery.By.TIME) {
            addTraces(page, step, traces(query));
        }
        for (Service service : services.values()) {
            if (query.service() == null || query.service().equals(service.name)) {
                addTo(page, query, step, service);
            }
        }
    }

    private static void addTo(StatsPage page, StatsQuery query, StatsKey step, Service service) {
        switch (query.by()) {
            case SERVICE -> {
                StatsKey key = StatsKey.named(service.name);
                addTraces(page, key, service.traces);
                service.operations.values().forEach(operation -> add(page, key, operation.spans));
            }
            case OPERATION -> {
                for (Operation operation : service.operations.values()) {
                    StatsKey key = StatsKey.named(operation.name);
                    addTraces(page, key, operation.traces);
                    add(page, key, operation.spans);
                }
            }
            case TIME -> {
                for (Operation operation : service.operations.values()) {
                    if (query.operation() == null || query.operation().equals(operation.name)) {
                        add(page, step, operation.spans);
                    }
                }
            }
            case CALL ->
                service.callers.forEach((caller, spans) -> add(page, StatsKey.call(caller, service.name), spans));
        }
    }

    private static void addTraces(StatsPage page, StatsKey key, long traces) {
        page.line(key).add(traces, 0, NONE);
    }

    private static void add(StatsPage page, StatsKey key, Spans spans) {
        page.line(key).add(0, spans.errors, spans.durations);
    }

    private long traces(StatsQuery query) {
        Traces known;
        if (query.service() == null) {
            if (query.operation() == null) {
                return traces;
            }
            known = operations.get(query.operation());
        } else {
            Service service = services.get(query.service());
            known = service == null || query.operation() == null ? service : service.operations.get(query.operation());
        }
        return known == null ? 0 : known.traces;
    }
}
