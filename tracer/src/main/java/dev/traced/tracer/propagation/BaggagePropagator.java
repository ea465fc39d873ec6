package dev.traced.tracer.propagation;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * W3C baggage by OpenTelemetry's propagator, which logs a stack trace for each member that is not encoded rightly; any
 * caller could fill the log of the program with that. So it does not get to see them.
 */
final class BaggagePropagator implements TextMapPropagator {
    private static final TextMapPropagator W3C = W3CBaggagePropagator.getInstance();
    private static final String BAGGAGE = "baggage";
    private static final int MAX_LENGTH = 8192; // beyond it none of a line is read

    @Override
    public Collection<String> fields() {
        return W3C.fields();
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        W3C.inject(context, carrier, setter);
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        Iterator<String> lines = getter.getAll(carrier, BAGGAGE);
        if (!lines.hasNext()) {
            return context;
        }
        List<String> right = new ArrayList<>();
        while (lines.hasNext()) {
            addRightMembers(lines.next(), right);
        }
        return W3C.extract(context, right, new Lines());
    }

    private static void addRightMembers(String line, List<String> right) {
        if (line.length() > MAX_LENGTH) {
            return;
        }
        for (String member : line.split(",", -1)) {
            if (isRight(member)) {
                right.add(member);
            }
        }
    }

    /** The baggage grammar's value and properties: printable ASCII but quote and backslash, % before two digits only. */
    private static boolean isRight(String member) {
        for (int i = member.indexOf('=') + 1; i < member.length(); i++) {
            char c = member.charAt(i);
            boolean isText = (c == '\t' || (c >= ' ' && c <= '~')) && c != '"' && c != '\\';
            if (!isText || (c == '%' && !isHex(member, i + 1, i + 3))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(String text, int from, int to) {
        if (to > text.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (Character.digit(text.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static final class Lines implements TextMapGetter<List<String>> {
        @Override
        public @Nullable String get(@Nullable List<String> lines, String name) {
            return lines == null || lines.isEmpty() ? null : lines.get(0);
        }

        @Override
        public Iterator<String> getAll(@Nullable List<String> lines, String name) {
            return lines == null ? List.<String>of().iterator() : lines.iterator();
        }
    }
}
