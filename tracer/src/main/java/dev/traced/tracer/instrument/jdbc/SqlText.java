package dev.traced.tracer.instrument.jdbc;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement as a span has it.
 *
 * @param withoutLiterals with {@code ?} for each, and without comments
 * @param summary {@code SELECT orders}: the operation and the first table, as far as they can be told
 */
record SqlText(String withoutLiterals, String summary) {
    private static final Pattern OPERATION = Pattern.compile("^\\W*+(\\w++)");
    private static final Pattern TABLE = Pattern.compile(
            "\\b(?:FROM|INTO|UPDATE|TABLE(?:\\s++IF(?:\\s++NOT)?+\\s++EXISTS)?+)\\s++([\\w.\"`\\[\\]]++)",
            Pattern.CASE_INSENSITIVE);

    static SqlText of(String sql, Database database) {
        String text = SqlLiterals.removedFrom(sql, database.quotes());
        Matcher operation = OPERATION.matcher(text);
        if (!operation.find()) {
            return new SqlText(text, "");
        }
        String verb = operation.group(1).toUpperCase(Locale.ROOT);
        Matcher table = TABLE.matcher(text);
        return new SqlText(text, table.find() ? verb + " " + table.group(1) : verb);
    }
}
