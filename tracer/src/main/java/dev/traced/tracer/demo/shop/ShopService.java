package dev.traced.tracer.demo.shop;

import dev.traced.tracer.demo.process.Parent;
import java.io.IOException;

/**
 * One service of the shop as a process. It says {@code port N} when it serves, and serves until its standard input ends: that
 * is when whoever started it wants so, or is no more. Then it says {@code dropped SPANS LOGS}: what of its telemetry is lost.
 *
 * <p>Arguments: the service, then {@code name=value}, see {@link Arguments}.
 */
public final class ShopService {
    private ShopService() {}

    public static void main(String[] args) {
        Member member = Member.valueOf(args[0]);
        Parent.serve(member.service(), () -> run(member, Arguments.of(args)));
    }

    private static void run(Member member, Arguments arguments) throws IOException {
        Surroundings around = Surroundings.of(member, arguments);
        try (around;
                Service service = service(member, around);
                Server server = Server.start(service, around.telemetry())) {
            System.out.println("port " + server.port());
            Parent.awaitEnd();
        }
        System.out.println("dropped " + around.telemetry().end());
    }

    private static Service service(Member member, Surroundings around) {
        return switch (member) {
            case CATALOG -> new Catalog(around.database());
            case INVENTORY -> new Inventory(around.database());
            case CART -> new Cart();
            case PAYMENT -> new Payment(around.telemetry());
            case REVIEWS -> new Reviews();
            case NOTIFICATION -> new Notification();
            case CHECKOUT ->
                new Checkout(
                        around.peer(Member.CART),
                        around.peer(Member.INVENTORY),
                        around.peer(Member.PAYMENT),
                        around.database(),
                        Orders.producer(around.kafka(), around.telemetry()));
            case SHIPPING ->
                new Shipping(
                        Orders.consumer(around.kafka(), around.telemetry()),
                        around.database(),
                        around.peer(Member.NOTIFICATION));
            case STOREFRONT ->
                new Storefront(
                        around.peer(Member.CATALOG),
                        around.peer(Member.INVENTORY),
                        around.peer(Member.SIDECAR),
                        around.peer(Member.CART),
                        around.peer(Member.CHECKOUT));
            case SIDECAR -> throw new IllegalArgumentException("the sidecar is no service");
        };
    }
}
