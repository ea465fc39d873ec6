package dev.traced.testing.verify;

/** One wrong answer. {@code subject} is the trace id, the query, or the request it is about. */
public record Difference(String subject, String expected, String actual) {

    @Override
    public String toString() {
        return subject + "\n    expected " + expected + "\n    actual   " + actual;
    }
}
