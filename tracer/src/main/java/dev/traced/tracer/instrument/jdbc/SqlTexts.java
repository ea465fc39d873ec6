package dev.traced.tracer.instrument.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statements of a database, as spans have them. A program says a few again and again, so the first of them are kept: what
 * it takes to read one would be most of its span's cost. Any thread may call any method.
 */
final class SqlTexts {
    /** For a program that writes its values into its statements, and so has no end of them. */
    static final int MAX_KEPT = 256;

    private final Map<String, SqlText> kept = new ConcurrentHashMap<>();
    private final Database database;

    SqlTexts(Database database) {
        this.database = database;
    }

    Database database() {
        return database;
    }

    SqlText of(String sql) {
        SqlText known = kept.get(sql);
        if (known != null) {
            return known;
        }
        SqlText text = SqlText.of(sql, database);
        if (sql.length() <= SqlLiterals.MAX_LENGTH && kept.size() < MAX_KEPT) {
            kept.put(sql, text);
        }
        return text;
    }

    int kept() {
        return kept.size();
    }
}
