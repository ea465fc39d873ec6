package dev.traced.tracer.instrument.logging;

import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.LoggerProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The SDK's loggers by the names of Logback's. The SDK has them too, but by four properties, of which it makes a key for each log.
 * Any thread may call it.
 */
final class Loggers {
    /** For a program that makes up names for its loggers, and so has no end of them. */
    static final int MAX_KEPT = 1_024;

    private final Map<String, Logger> kept = new ConcurrentHashMap<>();
    private final LoggerProvider provider;

    Loggers(LoggerProvider provider) {
        this.provider = provider;
    }

    Logger get(String name) {
        Logger known = kept.get(name);
        if (known != null) {
            return known;
        }
        Logger logger = provider.get(name);
        if (kept.size() < MAX_KEPT) {
            kept.put(name, logger);
        }
        return logger;
    }

    int kept() {
        return kept.size();
    }
}
