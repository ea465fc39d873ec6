package dev.traced.tracer.node.source;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts source code into words and single signs, without comments and the text of literals; a literal is the sign {@code "}.
 * It knows what JavaScript, TypeScript, Java, Kotlin, C#, Go and Python have in common, and no more: {@code //} and {@code #}
 * begin a comment (but not in {@code this.#name}), code inside of a template literal is text.
 */
final class SourceTokens {
    private static final String TEXT = "\"";

    private final String code;
    private final List<String> tokens = new ArrayList<>();
    private int at;

    private SourceTokens(String code) {
        this.code = code;
    }

    static List<String> of(String code) {
        SourceTokens tokens = new SourceTokens(code);
        tokens.cut();
        return tokens.tokens;
    }

    private void cut() {
        while (at < code.length()) {
            char c = code.charAt(at);
            if (code.startsWith("//", at) || (c == '#' && (at == 0 || code.charAt(at - 1) != '.'))) {
                skipTo("\n");
            } else if (code.startsWith("/*", at)) {
                at += 2;
                skipTo("*/");
            } else if (code.startsWith("\"\"\"", at) || code.startsWith("'''", at)) {
                literal(code.substring(at, at + 3), true);
            } else if (c == '"' || c == '\'') {
                literal(String.valueOf(c), false);
            } else if (c == '`') {
                literal("`", true);
            } else if (Character.isJavaIdentifierStart(c)) {
                word();
            } else {
                if (!Character.isWhitespace(c)) {
                    tokens.add(String.valueOf(c));
                }
                at++;
            }
        }
    }

    private void skipTo(String end) {
        int found = code.indexOf(end, at);
        at = found < 0 ? code.length() : found + end.length();
    }

    /** One of a single line ends there, closed or not: it was an apostrophe then. */
    private void literal(String quote, boolean isOfManyLines) {
        tokens.add(TEXT);
        at += quote.length();
        while (at < code.length() && !code.startsWith(quote, at)) {
            char c = code.charAt(at);
            if (c == '\n' && !isOfManyLines) {
                return;
            }
            at += c == '\\' ? 2 : 1;
        }
        at = Math.min(code.length(), at + quote.length());
    }

    private void word() {
        int from = at;
        while (at < code.length() && Character.isJavaIdentifierPart(code.charAt(at))) {
            at++;
        }
        tokens.add(code.substring(from, at));
    }
}
