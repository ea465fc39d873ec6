package dev.traced.tracer.instrument.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is to.
 *
 * @param system as OpenTelemetry's conventions name it
 * @param host null where the URL names none, as of a database in this process
 */
record Database(String system, @Nullable String host) {
    static final Database UNKNOWN = new Database("other_sql", null);

    private static final Pattern HOST = Pattern.compile("//(?:[^/?;@]*@)?(\\[[^\\]]+\\]|[^:/?;,]+)");

    static Database of(Connection connection) {
        try {
            DatabaseMetaData metadata = connection.getMetaData();
            Matcher host = HOST.matcher(String.valueOf(metadata.getURL()));
            return new Database(system(metadata.getDatabaseProductName()), host.find() ? host.group(1) : null);
        } catch (SQLException | RuntimeException e) {
            return UNKNOWN; // what we cannot learn must not fail a statement
        }
    }

    /** What strings are written between; elsewhere a double quote begins a name. */
    String quotes() {
        return system.equals("mysql") || system.equals("mariadb") || system.equals("other_sql") ? "'\"" : "'";
    }

    private static String system(@Nullable String product) {
        String name = String.valueOf(product).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "postgresql", "mysql", "mariadb", "sqlite" -> name;
            case "h2" -> "h2database";
            case "oracle" -> "oracle.db";
            case "microsoft sql server" -> "microsoft.sql_server";
            default -> "other_sql";
        };
    }
}
