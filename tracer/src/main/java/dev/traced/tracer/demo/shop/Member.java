package dev.traced.tracer.demo.shop;

import java.util.List;
import java.util.Locale;

/** The services of the shop, each after those that it calls, and those that hear of what it does. */
public enum Member {
    CATALOG,
    INVENTORY,
    CART,
    PAYMENT,
    /** Not instrumented: it is behind {@link #SIDECAR}. */
    REVIEWS,
    SIDECAR,
    NOTIFICATION,
    SHIPPING,
    CHECKOUT,
    STOREFRONT;

    /** What it must be told the addresses of. */
    public List<Member> calls() {
        return switch (this) {
            case SIDECAR -> List.of(REVIEWS);
            case SHIPPING -> List.of(NOTIFICATION);
            case CHECKOUT -> List.of(CART, INVENTORY, PAYMENT);
            case STOREFRONT -> List.of(CATALOG, INVENTORY, SIDECAR, CART, CHECKOUT);
            default -> List.of();
        };
    }

    /** Its name; that in traces too, but for the sidecar, whose spans are those of its service. */
    public String service() {
        return name().toLowerCase(Locale.ROOT);
    }
}
