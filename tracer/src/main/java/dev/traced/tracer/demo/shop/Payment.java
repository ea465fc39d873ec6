package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Charges cards. As with those who do it for real, cards for tests say how it ends. */
final class Payment implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Payment.class);

    private final Receipts receipts = new Receipts();
    private final Telemetry telemetry;

    record Charge(String order, int amount, String card, int attempt) {}

    Payment(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    public void serve(RoutesConfig routes) {
        routes.post("/charges", this::charge);
    }

    private void charge(Context ctx) {
        Charge charge = ctx.bodyAsClass(Charge.class);
        try {
            String code = telemetry.step("authorize card", () -> askBank(charge));
            ctx.status(201).json(receipts.sign(charge.order(), code));
            LOG.info("charged {} cents", charge.amount());
        } catch (Declined e) {
            ctx.status(402).result(String.valueOf(e.getMessage()));
            LOG.warn("did not charge {} cents: {}", charge.amount(), e.getMessage());
        } catch (BankIsAway e) {
            ctx.status(503).result(String.valueOf(e.getMessage()));
            LOG.error("could not charge {} cents", charge.amount(), e);
        }
    }

    private String askBank(Charge charge) {
        waitMs(charge.card().equals(Cards.SLOW) ? 700 : 5, 20);
        if (charge.card().equals(Cards.DECLINED)) {
            throw new Declined("the card has insufficient funds");
        }
        if (charge.card().equals(Cards.SHAKY) && charge.attempt() == 1) {
            throw new BankIsAway("the bank closed the connection");
        }
        return Integer.toHexString(charge.order().hashCode());
    }

    private static void waitMs(int atLeast, int spread) {
        try {
            TimeUnit.MILLISECONDS.sleep(atLeast + ThreadLocalRandom.current().nextInt(spread));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Declined extends RuntimeException {
        private static final long serialVersionUID = 1;

        Declined(String reason) {
            super(reason);
        }
    }

    private static final class BankIsAway extends RuntimeException {
        private static final long serialVersionUID = 1;

        BankIsAway(String reason) {
            super(reason);
        }
    }
}
