package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What there is to buy. */
final class Catalog implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final int PAGE = 48;
    private static final String PRODUCTS = """
            insert into product
            select x, name || ' no. ' || x, repeat('A ' || name || ', made to last. ', 4), 900 + mod(x * 37, 9000)
            from (
              select
                x,
                array_get(array['oak', 'copper', 'blue', 'folding', 'silent', 'travel'], 1 + mod(x, 6)) || ' ' ||
                array_get(array['teapot', 'kettle', 'lamp', 'chair', 'blanket', 'bowl', 'clock'], 1 + mod(x, 7)) as name
              from system_range(1, 2000))""";

    private final Database database;

    Catalog(Database database) {
        this.database = database;
        database.define("create table product (id int primary key, name varchar, description varchar, price int)");
        database.define(PRODUCTS);
    }

    @Override
    public void serve(RoutesConfig routes) {
        routes.get("/products", this::page);
        routes.get("/products/{id}", this::product);
        routes.get("/search", this::search);
    }

    private void page(Context ctx) {
        int page = ctx.queryParamAsClass("page", Integer.class).getOrDefault(0);
        ctx.json(products("select * from product where id > ? order by id limit " + PAGE, page * PAGE));
        LOG.info("showed page {}", page);
    }

    private void product(Context ctx) {
        int id = ctx.pathParamAsClass("id", Integer.class).get();
        Product product = products("select * from product where id = ?", id).stream()
                .findFirst()
                .orElseThrow(() -> new NotFoundResponse("there is no product " + id));
        ctx.json(product);
        LOG.info("showed product {}", id);
    }

    /** Looks at every description: no index helps with words in the middle. */
    private void search(Context ctx) {
        String words = ctx.queryParamAsClass("q", String.class).get();
        List<Product> found = products(
                "select * from product where lower(description) like ? order by price limit " + PAGE,
                "%" + words.toLowerCase(Locale.ROOT) + "%");
        ctx.json(found);
        LOG.info("found {} products for '{}'", found.size(), words);
    }

    private List<Product> products(String sql, Object value) {
        return database.query(sql, Catalog::product, value);
    }

    private static Product product(ResultSet row) throws SQLException {
        return new Product(row.getInt("id"), row.getString("name"), row.getString("description"), row.getInt("price"));
    }
}
