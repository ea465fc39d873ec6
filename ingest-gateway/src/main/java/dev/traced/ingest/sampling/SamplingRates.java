package dev.traced.ingest.sampling;

import dev.traced.model.TraceFraction;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What share of the traces is kept, 0..1: in general, and of the spans of single services. The verdict on a span is its
 * trace's {@link TraceFraction} held against the rate of the span's service. There is one fraction for each trace: one that
 * lies below the lowest rate of its services is kept whole, one that lies between two of them loses the spans of the services
 * with the lower rates. Immutable.
 */
public final class SamplingRates {
    /** Everything is kept. */
    public static final SamplingRates ALL = new SamplingRates(1, Map.of());

    private static final Pattern NUMBER = Pattern.compile("(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d{1,3})?");

    private final Double general;
    private final Map<String, Double> ofServices;
    private final boolean keepAll;

    /**
     * Rates.
     *
     * @param general of every service that is not named
     * @param ofServices by the service's exact name
     * @throws IllegalArgumentException if a rate is not 0..1; its message names the service and the rate
     */
    public SamplingRates(double general, Map<String, Double> ofServices) {
        requireRate(general, "the rate", Double.toString(general));
        ofServices.forEach((service, rate) -> requireRate(rate, "the rate of " + service, rate.toString()));
        this.general = general;
        this.ofServices = Map.copyOf(ofServices);
        this.keepAll = general == 1 && this.ofServices.values().stream().allMatch(rate -> rate == 1);
    }

    /**
     * Reads a rate.
     *
     * @param what is read, for the message
     * @throws IllegalArgumentException if it is not a decimal number of 0..1; its message names {@code what} and the text
     */
    public static double rate(String what, String text) {
        double rate = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        return requireRate(rate, what, text);
    }

    /**
     * Reads rates of services: {@code checkout=1,health=0.01}; blank is none. A name holds no comma and no {@code
     * =}.
     *
     * @param what is read, for the message
     * @throws IllegalArgumentException if it is not that, or names a service twice; its message names {@code what}, the service
     *     and the rate
     */
    public static Map<String, Double> ofServices(String what, String text) {
        Map<String, Double> rates = new HashMap<>();
        if (text.isBlank()) {
            return rates;
        }
        for (String entry : text.split(",", -1)) {
            int equals = entry.indexOf('=');
            String service = equals < 0 ? "" : entry.substring(0, equals).trim();
            if (service.isEmpty()) {
                throw new IllegalArgumentException(what + " must be service=rate,..., had '" + entry.trim() + "'");
            }
            String rate = entry.substring(equals + 1).trim();
            if (rates.put(service, rate(what + ": the rate of " + service, rate)) != null) {
                throw new IllegalArgumentException(what + " must name " + service + " once, had another " + rate);
            }
        }
        return rates;
    }

    private static double requireRate(double rate, String what, String text) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException(what + " must be 0..1, was " + (text.isEmpty() ? "empty" : text));
        }
        return rate;
    }

    /** Whether no span of any service can be sampled out. */
    public boolean keepAll() {
        return keepAll;
    }

    /** Of the spans of this service. */
    public double of(String service) {
        return ofServices.getOrDefault(service, general);
    }

    /** Whether the spans of a service with this rate are kept of a trace with this id; see {@link TraceFraction#of}. */
    public static boolean keep(long high, long low, double rate) {
        return rate >= 1 || TraceFraction.of(high, low) < rate;
    }
}
