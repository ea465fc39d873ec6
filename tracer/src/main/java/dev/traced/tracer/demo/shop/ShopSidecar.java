package dev.traced.tracer.demo.shop;

import dev.traced.tracer.demo.process.Parent;
import dev.traced.tracer.sidecar.Sidecar;
import java.io.IOException;

/** The sidecar of the service that is not instrumented; its parent deals with it as with a {@link ShopService}. */
public final class ShopSidecar {
    private ShopSidecar() {}

    public static void main(String[] args) {
        Parent.serve("sidecar", () -> run(Arguments.of(args)));
    }

    private static void run(Arguments arguments) throws IOException {
        String service = Member.REVIEWS.service();
        Telemetry telemetry = Telemetry.to(service, arguments.uri("endpoint"));
        try (Sidecar sidecar = telemetry.sidecar(arguments.uri(service))) {
            System.out.println("port " + sidecar.port());
            Parent.awaitEnd();
        }
        System.out.println("dropped " + telemetry.end());
    }
}
