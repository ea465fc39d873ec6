package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the tests of the dashboard rely on is there. */
@BrowserTest
class ShopTest {
    @Test
    void traffic_isListedAndCounted(Shop shop) {
        assertThat(total(shop, "service=cart")).isEqualTo(ShopTraffic.CARTS);
        assertThat(total(shop, "service=payment")).isEqualTo(ShopTraffic.CHECKOUTS);
        assertThat(total(shop, "service=payment&status=error")).isEqualTo(ShopTraffic.DECLINED);
        assertThat(total(shop, "service=bank&min_duration_ms=900")).isEqualTo(ShopTraffic.CHECKOUTS / 4);
        assertThat(total(shop, "service=" + ShopTraffic.LATE_SERVICE)).isEqualTo(1);
    }

    @Test
    void strangeTraces_areAsStrangeAsTheyAreMeant(Shop shop) {
        ShopTraffic traffic = shop.traffic();

        assertThat(shop.get("/traces/" + traffic.large().id()).path("spans")).hasSize(ShopTraffic.LARGE);
        assertThat(shop.get("/traces/" + traffic.lacksItsParent().id())
                        .path("complete")
                        .asBoolean())
                .isFalse();
        assertThat(shop.get("/traces/" + traffic.clocksDiffer().id())
                        .path("warnings")
                        .toString())
                .contains("clock_skew");
        assertThat(shop.get("/traces/" + traffic.checkout(0).id() + "/logs")
                        .path("total")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void bulk_isListed(Shop shop) {
        shop.send(new BulkTraces("bulk-of-shop-test", 1_000, shop.draft().startNanos(), 1));

        assertThat(total(shop, "service=bulk-of-shop-test")).isEqualTo(1_000);
        assertThat(total(shop, "service=bulk-of-shop-test&status=error")).isEqualTo(20);
    }

    private static int total(Shop shop, String filter) {
        return shop.get("/traces?limit=1&" + filter).path("total").asInt();
    }
}
