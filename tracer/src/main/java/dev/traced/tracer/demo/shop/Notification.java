package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the buyers. */
final class Notification implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Notification.class);

    record Mail(String to, String order, String parcel, int amount) {}

    record Sent(int characters) {}

    @Override
    public void serve(RoutesConfig routes) {
        routes.post("/mails", this::send);
    }

    private void send(Context ctx) {
        Mail mail = ctx.bodyAsClass(Mail.class);
        String text = """
                Dear %s,
                your order %s has left us in parcel %s. You paid %d.%02d.
                """.formatted(mail.to(), mail.order(), mail.parcel(), mail.amount() / 100, mail.amount() % 100);
        ctx.status(202).json(new Sent(text.length()));
        LOG.info("told the buyer of parcel {}", mail.parcel());
    }
}
