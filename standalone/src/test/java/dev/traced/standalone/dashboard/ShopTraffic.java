package dev.traced.standalone.dashboard;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CONSUMER;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_PRODUCER;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;

import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What visitors of a small shop do: the same in each run, but for the time it begins. Every fifth card is declined, and only
 * by the new version of payment; every fourth bank is slow.
 */
public final class ShopTraffic {
    static final int CARTS = 40;
    static final int CHECKOUTS = 20;
    static final int DECLINED = CHECKOUTS / 5;

    /** Of the spans of the largest trace. */
    static final int LARGE = 2_000;

    /** Whose span comes after its trace has closed. */
    static final String LATE_SERVICE = "letters";

    private static final long CART = 0x1000;
    private static final long CHECKOUT = 0x2000;
    private static final long STRANGE = 0x3000;

    private final long firstNanos;

    /** @param firstNanos when the first visitor came; the last comes less than ten minutes later */
    public ShopTraffic(long firstNanos) {
        this.firstNanos = firstNanos;
    }

    public List<TraceDraft> traces() {
        List<TraceDraft> traces = new ArrayList<>();
        IntStream.range(0, CARTS).forEach(visitor -> traces.add(cart(visitor)));
        IntStream.range(0, CHECKOUTS).forEach(visitor -> traces.add(checkout(visitor)));
        traces.add(large());
        traces.add(lacksItsParent());
        traces.add(clocksDiffer());
        return traces;
    }

    private TraceDraft begin(long number, double afterSeconds) {
        return new TraceDraft(number, firstNanos + Math.round(afterSeconds * 1e9));
    }

    /** 12 to 32 ms, all well. */
    TraceDraft cart(int visitor) {
        TraceDraft trace = begin(CART + visitor, 13.7 * visitor);
        double took = 12 + visitor * 7 % 20;
        int web = trace.span(0, "web", "GET /cart", SPAN_KIND_SERVER, 0, took, request("GET", "/cart", 200));
        int call = trace.span(web, "web", "GET", SPAN_KIND_CLIENT, 1, took - 3);
        int cart = trace.span(call, "cart", "GET /cart/{id}", SPAN_KIND_SERVER, 2, took - 5);
        trace.span(cart, "cart", "SELECT carts", SPAN_KIND_CLIENT, 3, took - 8, select("carts"));
        return trace;
    }

    static boolean isDeclined(int visitor) {
        return visitor % 5 == 0;
    }

    static boolean isSlow(int visitor) {
        return visitor % 4 == 1;
    }

    /** 120 ms, or 1 s with a slow bank; the mail is sent after the answer. Logs say what happened. */
    public TraceDraft checkout(int visitor) {
        boolean isDeclined = isDeclined(visitor);
        double bankTook = isSlow(visitor) ? 900 + visitor : 40 + visitor;
        double took = 80 + bankTook;
        TraceDraft trace = begin(CHECKOUT + visitor, 27.1 * visitor);
        Consumer<Span.Builder> error = isDeclined ? trace.failed("card declined", 25 + bankTook) : span -> {};
        int web = trace.span(
                0,
                "web",
                "POST /checkout",
                SPAN_KIND_SERVER,
                0,
                took,
                request("POST", "/checkout", isDeclined ? 502 : 200));
        int checkout = trace.span(web, "checkout", "POST /orders", SPAN_KIND_SERVER, 3, took - 5, error);
        int stock = trace.span(checkout, "inventory", "reserve", SPAN_KIND_SERVER, 5, 12);
        trace.span(stock, "inventory", "UPDATE stock", SPAN_KIND_CLIENT, 6, 9, select("stock"));
        int payment = trace.span(
                checkout,
                "payment",
                "charge",
                SPAN_KIND_SERVER,
                20,
                bankTook + 10,
                error.andThen(TraceDraft.with(
                        Map.of("card.brand", visitor % 2 == 0 ? "visa" : "amex", "amount", 10 + visitor))));
        trace.span(payment, "bank", "authorize", SPAN_KIND_SERVER, 24, bankTook, error);
        trace.log(checkout, "checkout", SeverityNumber.SEVERITY_NUMBER_INFO, 4, "order " + visitor + " begins");
        if (isDeclined) {
            trace.log(payment, "payment", SeverityNumber.SEVERITY_NUMBER_ERROR, 26 + bankTook, "card declined");
            return trace;
        }
        int send = trace.span(checkout, "checkout", "send mails", SPAN_KIND_PRODUCER, bankTook + 40, 4);
        trace.span(send, "mail", "process mails", SPAN_KIND_CONSUMER, took + 30, 15);
        trace.log(checkout, "checkout", SeverityNumber.SEVERITY_NUMBER_INFO, took - 3, "order " + visitor + " is paid");
        return trace;
    }

    /** A batch with a step for each item, one below the other in groups of 50. */
    TraceDraft large() {
        TraceDraft trace = begin(STRANGE, 300);
        int batch = trace.span(0, "inventory", "nightly stock", SPAN_KIND_INTERNAL, 0, LARGE);
        int group = batch;
        for (int item = 1; item < LARGE; item++) {
            boolean isGroup = item % 50 == 1;
            int span = trace.span(
                    isGroup ? batch : group,
                    "inventory",
                    isGroup ? "shelf" : "count item",
                    SPAN_KIND_INTERNAL,
                    item,
                    isGroup ? 49 : 1);
            group = isGroup ? span : group;
        }
        return trace;
    }

    public TraceDraft lacksItsParent() {
        TraceDraft trace = begin(STRANGE + 1, 320);
        int web = trace.span(0, "web", "GET /orders", SPAN_KIND_SERVER, 0, 30, TraceDraft.with(Map.of("user", "ada")));
        trace.skipIds(1);
        trace.span(web + 1, "checkout", "SELECT orders", SPAN_KIND_CLIENT, 6, 12, select("orders"));
        return trace;
    }

    /** The callee's clock is 2 s behind. It names the checkout that it is about. */
    public TraceDraft clocksDiffer() {
        TraceDraft trace = begin(STRANGE + 2, 340);
        int web = trace.span(0, "web", "GET /orders/{id}", SPAN_KIND_SERVER, 0, 25, trace.linkedTo(checkout(2), 1));
        trace.span(
                web,
                "checkout",
                "GET /orders/{id}",
                SPAN_KIND_SERVER,
                -Duration.ofSeconds(2).toMillis(),
                15);
        return trace;
    }

    /** An order of which the mail goes out long after; ended by {@link #endLateOrder}. */
    TraceDraft beginsLateOrder() {
        TraceDraft trace = begin(STRANGE + 3, 360);
        trace.span(0, "web", "POST /late-orders", SPAN_KIND_SERVER, 0, 40, request("POST", "/late-orders", 200));
        return trace;
    }

    void endLateOrder(TraceDraft trace) {
        trace.span(1, LATE_SERVICE, "send letter", SPAN_KIND_CONSUMER, 5_000, 20);
    }

    private static Consumer<Span.Builder> request(String method, String route, int status) {
        return TraceDraft.with(Map.of(
                "http.request.method", method,
                "http.route", route,
                "http.response.status_code", status,
                "url.path", route));
    }

    private static Consumer<Span.Builder> select(String table) {
        return TraceDraft.with(Map.of("db.system.name", "postgresql", "db.collection.name", table));
    }
}
