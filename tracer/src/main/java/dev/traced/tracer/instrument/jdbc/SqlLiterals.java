package dev.traced.tracer.instrument.jdbc;

/**
 * Takes the literals out of a statement. Where dialects differ in how far a literal goes (a backslash before its quote, Oracle's
 * {@code q'[}, one that never ends), the text ends with {@code ?}: rather too little of a statement than a part of a literal.
 */
final class SqlLiterals {
    /** In characters; longer statements are cut, a span is no place for them. */
    static final int MAX_LENGTH = 4_096;

    private final String sql;
    private final String quotes;
    private final StringBuilder text = new StringBuilder();
    private int at;

    private SqlLiterals(String sql, String quotes) {
        this.sql = sql;
        this.quotes = quotes;
    }

    /** @param quotes the characters that begin and end a string in this dialect */
    static String removedFrom(String sql, String quotes) {
        SqlLiterals literals = new SqlLiterals(sql, quotes);
        while (literals.at < sql.length() && literals.text.length() < MAX_LENGTH) {
            literals.step();
        }
        return literals.text.toString().strip();
    }

    private void step() {
        char next = sql.charAt(at);
        if (quotes.indexOf(next) >= 0) {
            string(next);
        } else if (next == '"' || next == '`') {
            copyTo(sql.indexOf(next, at + 1));
        } else if (sql.startsWith("--", at)) {
            skipTo(sql.indexOf('\n', at), 1);
        } else if (sql.startsWith("/*", at)) {
            skipTo(sql.indexOf("*/", at + 2), 2);
        } else if (next == '$') {
            dollar();
        } else if (Character.isJavaIdentifierStart(next)) {
            word();
        } else if (Character.isDigit(next)) {
            number();
        } else {
            text.append(next);
            at++;
        }
    }

    /** A quote within it is doubled. */
    private void string(char quote) {
        int end = at;
        do {
            end = sql.indexOf(quote, end + 1);
            if (end < 0 || sql.charAt(end - 1) == '\\') {
                giveUp();
                return;
            }
            end++;
        } while (end < sql.length() && sql.charAt(end) == quote);
        text.append('?');
        at = end;
    }

    /** A parameter, {@code $1}, or a string between two tags of PostgreSQL, {@code $tag$}. */
    private void dollar() {
        int end = at + 1;
        while (end < sql.length() && Character.isLetterOrDigit(sql.charAt(end))) {
            end++;
        }
        if (end == sql.length() || sql.charAt(end) != '$') {
            copyTo(end - 1);
            return;
        }
        String tag = sql.substring(at, end + 1);
        int close = sql.indexOf(tag, end + 1);
        if (close < 0) {
            giveUp();
            return;
        }
        text.append('?');
        at = close + tag.length();
    }

    /** A keyword or a name; or what says how the string is meant that follows it, as {@code X} in {@code X'ff'}. */
    private void word() {
        int end = at;
        while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
            end++;
        }
        if (end < sql.length()
                && sql.charAt(end) == '\''
                && sql.substring(at, end).equalsIgnoreCase("q")) {
            giveUp();
            return;
        }
        copyTo(end - 1);
    }

    private void number() {
        while (at < sql.length() && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
            at++;
        }
        text.append('?');
    }

    private void copyTo(int last) {
        if (last < 0) {
            giveUp();
            return;
        }
        text.append(sql, at, last + 1);
        at = last + 1;
    }

    private void skipTo(int comment, int length) {
        text.append(' ');
        at = comment < 0 ? sql.length() : comment + length;
    }

    private void giveUp() {
        text.append('?');
        at = sql.length();
    }
}
