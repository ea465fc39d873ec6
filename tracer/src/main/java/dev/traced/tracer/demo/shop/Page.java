package dev.traced.tracer.demo.shop;

import java.util.List;
import java.util.stream.Collectors;

/** The pages of the storefront as HTML. */
final class Page {
    private Page() {}

    static String list(String title, List<Product> products) {
        return html(title, products.stream().map(Page::entry).collect(Collectors.joining("\n", "<ul>\n", "\n</ul>")));
    }

    static String of(Product product, int pieces, List<Reviews.Review> reviews) {
        String opinions = reviews.stream()
                .map(review -> "<li>%s %s</li>".formatted("*".repeat(review.stars()), escaped(review.text())))
                .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>"));
        String price = price(product.price()) + (pieces > 0 ? ", in stock" : ", sold out");
        return html(
                product.name(), "<p>%s</p>\n<p>%s</p>\n%s".formatted(escaped(product.description()), price, opinions));
    }

    static String thanks(Product product, Orders.Order order) {
        return html(
                "Thank you",
                "<p>%d %s, %s</p>".formatted(order.pieces(), escaped(product.name()), price(order.amount())));
    }

    private static String entry(Product product) {
        return """
                <li>
                  <a href="/products/%1$d"><img src="/images/%1$d.webp" alt="%2$s" loading="lazy"></a>
                  <h2><a href="/products/%1$d">%2$s</a></h2>
                  <p>%3$s</p>
                  <p>%4$s</p>
                </li>""".formatted(
                        product.id(), escaped(product.name()), escaped(product.description()), price(product.price()));
    }

    private static String html(String title, String body) {
        return """
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><title>%s</title></head>
                <body>
                <h1>%s</h1>
                %s
                </body>
                </html>
                """.formatted(escaped(title), escaped(title), body);
    }

    private static String price(int cents) {
        return "%d.%02d".formatted(cents / 100, cents % 100);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
