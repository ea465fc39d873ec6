package dev.traced.standalone;

/** Tests are short unless run with {@code -Dtraced.long=true}; {@code -Dtraced.seed} repeats a workload. */
final class FullLength {
    static final String PROPERTY = "traced.long";

    /** A server that goes away for good is asked again and again, a minute for each question: a test ends after this. */
    static final int MINUTES = 10;

    private FullLength() {}

    static boolean isOn() {
        return Boolean.getBoolean(PROPERTY);
    }

    static int choose(int shortOne, int longOne) {
        return isOn() ? longOne : shortOne;
    }

    /** New for every run; the verifier says it when something differs. */
    static long seed() {
        return Long.getLong("traced.seed", System.nanoTime());
    }
}
