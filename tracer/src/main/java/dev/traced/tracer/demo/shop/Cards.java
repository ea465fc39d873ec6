package dev.traced.tracer.demo.shop;

/** Cards for tests: how a payment with them ends. */
public final class Cards {
    public static final String GOOD = "4242 4242 4242 4242";
    public static final String DECLINED = "4000 0000 0000 9995";
    /** The bank takes most of a second. */
    public static final String SLOW = "4000 0000 0000 3220";
    /** The bank fails the first time. */
    public static final String SHAKY = "4000 0000 0000 0119";

    private Cards() {}
}
