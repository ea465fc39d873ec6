package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.stream.IntStream;

/** What buyers said. It stands for a service that cannot be instrumented: it knows nothing of tracing. */
final class Reviews implements Service {
    private static final List<String> OPINIONS =
            List.of("Does what it should.", "My mother loves it.", "Smaller than I thought.", "I bought a second one.");

    record Review(int stars, String text) {}

    @Override
    public void serve(RoutesConfig routes) {
        routes.get("/reviews/{product}", Reviews::reviews);
    }

    private static void reviews(Context ctx) {
        int product = ctx.pathParamAsClass("product", Integer.class).get();
        ctx.json(IntStream.range(0, product % 5)
                .mapToObj(i -> new Review(3 + (product + i) % 3, OPINIONS.get((product + i) % OPINIONS.size())))
                .toList());
    }
}
