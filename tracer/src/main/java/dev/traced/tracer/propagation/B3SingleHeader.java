package dev.traced.tracer.propagation;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Header {@code b3}. A broken one is as none. */
final class B3SingleHeader implements TextMapPropagator {
    private static final String NAME = "b3";

    @Override
    public Collection<String> fields() {
        return List.of(NAME);
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        B3 b3 = B3.from(context);
        if (b3 != null) {
            setter.set(carrier, NAME, b3.toString());
        }
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        String header = getter.get(carrier, NAME);
        B3 b3 = header == null ? null : B3.parse(OptionalWhitespace.strip(header));
        return b3 == null ? context : b3.in(context);
    }
}
