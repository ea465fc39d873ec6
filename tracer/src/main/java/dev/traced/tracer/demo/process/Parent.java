package dev.traced.tracer.demo.process;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a {@link Child} knows of the process that started it: whether that still wants it, by its standard input. */
public final class Parent {
    private static final Duration END_WITHIN = Duration.ofSeconds(30);

    private Parent() {}

    /** What a child does from its start to its end. */
    public interface Work {
        void run() throws Exception;
    }

    /** Does a child's work and ends the process, whatever threads are left. */
    public static void serve(String name, Work work) {
        try {
            work.run();
            System.exit(0);
        } catch (Throwable e) { // an Error, too, must not leave a process behind that nobody knows of
            System.err.println("traced: " + name + ": " + e);
            System.exit(1);
        }
    }

    /**
     * Returns when the parent wants the child to end, or is no more. The child has 30 s then: there may be nobody who would kill
     * one that hangs.
     */
    public static void awaitEnd() throws IOException {
        System.in.transferTo(OutputStream.nullOutputStream());
        Thread deadline = new Thread(Parent::haltInTime, "deadline");
        deadline.setDaemon(true);
        deadline.start();
    }

    private static void haltInTime() {
        try {
            TimeUnit.MILLISECONDS.sleep(END_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
