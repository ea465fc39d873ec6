package dev.traced.tracer;

import static java.util.Objects.requireNonNull;

import dev.traced.tracer.propagation.Propagation;
import dev.traced.tracer.report.Reporting;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.logs.LogLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a program is traced. What is not said here is taken from OpenTelemetry's system properties and environment
 * variables, as its specification names them: {@code OTEL_SERVICE_NAME}, {@code OTEL_RESOURCE_ATTRIBUTES}, {@code
 * OTEL_EXPORTER_OTLP_ENDPOINT} and the others of the exporter, {@code OTEL_TRACES_SAMPLER} and {@code
 * OTEL_TRACES_SAMPLER_ARG}, {@code OTEL_BSP_*}, {@code OTEL_BLRP_*}, the limits, {@code OTEL_PROPAGATORS}, {@code
 * OTEL_SDK_DISABLED}. A share of the traces by id is taken by {@link FractionSampler} in any case.
 */
public final class TracingBuilder {
    private static final String SAMPLER = "otel.traces.sampler";
    private static final String SAMPLER_ARG = "otel.traces.sampler.arg";
    private static final String PROPAGATORS = "otel.propagators";
    private static final String MAX_TEXT = "otel.attribute.value.length.limit";
    private static final String MAX_ATTRIBUTES = "otel.attribute.count.limit";

    private final Map<String, String> properties = new HashMap<>();
    private @Nullable ContextPropagators propagators;
    private @Nullable Double rate;
    private Clock clock = SteadyClock.SYSTEM;

    TracingBuilder() {}

    TracingBuilder service(String name) {
        return property("otel.service.name", name);
    }

    /** Where spans and logs go, by OTLP over HTTP: {@code /v1/traces} and {@code /v1/logs} below it. */
    public TracingBuilder endpoint(URI endpoint) {
        String scheme = endpoint.getScheme();
        boolean isHttp = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!isHttp || endpoint.getHost() == null) {
            throw new IllegalArgumentException("endpoint must be http or https, and have a host, was " + endpoint);
        }
        if (endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            throw new IllegalArgumentException("endpoint must end with its path, was " + endpoint);
        }
        String base = endpoint.toString().replaceFirst("/+$", "");
        for (String signal : new String[] {"traces", "logs"}) {
            property("otel.exporter.otlp." + signal + ".endpoint", base + "/v1/" + signal);
            property("otel.exporter.otlp." + signal + ".protocol", "http/protobuf");
        }
        return this;
    }

    /**
     * The share of the traces that begin here which is kept, 0..1; all of them otherwise. A span that has a parent is
     * kept if that is. The same traces are kept in every process, and at every higher rate.
     */
    public TracingBuilder sampling(double rate) {
        this.rate = FractionSampler.check("sampling rate", rate);
        return this;
    }

    /**
     * How context is written to requests and read from them. Otherwise {@link Propagation#standard}, or what
     * {@code OTEL_PROPAGATORS} names.
     */
    public TracingBuilder propagators(ContextPropagators propagators) {
        this.propagators = requireNonNull(propagators, "propagators");
        return this;
    }

    /** Any other setting of OpenTelemetry, by the name of its system property: {@code otel.bsp.max.queue.size}. */
    public TracingBuilder property(String name, String value) {
        properties.put(requireNonNull(name, "name"), requireNonNull(value, "value of " + name));
        return this;
    }

    TracingBuilder clock(Clock clock) {
        this.clock = clock;
        return this;
    }

    /**
     * Starts to trace.
     *
     * @throws ConfigurationException if a setting is wrong; the message names it
     */
    public Tracing build() {
        Reporting reporting = new Reporting();
        AutoConfiguredOpenTelemetrySdkBuilder sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook() // what ends when is up to the program
                .addPropertiesSupplier(TracingBuilder::defaults)
                .addPropertiesCustomizer(config -> properties)
                .addPropertiesCustomizer(TracingBuilder::checked)
                .addPropertiesCustomizer(this::takePropagators)
                .addTracerProviderCustomizer((traces, config) -> traces.setClock(clock))
                .addLoggerProviderCustomizer((logs, config) -> {
                    LogLimits limits = logLimits(config);
                    return logs.setClock(clock).setLogLimits(() -> limits);
                })
                .addSamplerCustomizer(this::sampler)
                .addPropagatorCustomizer((lax, config) -> propagator());
        reporting.customize(sdk);
        try {
            return new Tracing(sdk.build().getOpenTelemetrySdk(), reporting);
        } catch (ConfigurationException e) {
            throw SettingRanges.told(e);
        }
    }

    /**
     * What OpenTelemetry has otherwise: OTLP over gRPC, metrics that nobody makes, texts of any length. 8,192
     * characters are a long stack trace; the backend takes more, and its users read less.
     */
    private static Map<String, String> defaults() {
        Map<String, String> defaults = new HashMap<>(Reporting.defaults());
        defaults.put("otel.exporter.otlp.protocol", "http/protobuf");
        defaults.put("otel.metrics.exporter", "none");
        defaults.put(MAX_TEXT, "8192");
        return defaults;
    }

    /** The SDK would look for propagators of those names, and has no strict ones: it is to make one, which gives way to ours. */
    private Map<String, String> takePropagators(ConfigProperties config) {
        List<String> named = config.getList(PROPAGATORS);
        if (propagators == null && !named.isEmpty()) {
            try {
                propagators = Propagation.named(named);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(e.getMessage(), e);
            }
        }
        return Map.of(PROPAGATORS, "tracecontext");
    }

    /** The SDK's own are read from the settings anew for every log. */
    private static LogLimits logLimits(ConfigProperties config) {
        LogLimits defaults = LogLimits.getDefault();
        return LogLimits.builder()
                .setMaxNumberOfAttributes(config.getInt(MAX_ATTRIBUTES, defaults.getMaxNumberOfAttributes()))
                .setMaxAttributeValueLength(config.getInt(MAX_TEXT, defaults.getMaxAttributeValueLength()))
                .build();
    }

    private Sampler sampler(Sampler configured, ConfigProperties config) {
        if (rate != null) {
            return Propagation.parentBased(new FractionSampler(rate));
        }
        return switch (config.getString(SAMPLER, "parentbased_always_on")) {
            case "traceidratio" -> fraction(config);
            case "parentbased_traceidratio" -> Propagation.parentBased(fraction(config));
            case "parentbased_always_on" -> Propagation.parentBased(Sampler.alwaysOn());
            case "parentbased_always_off" -> Propagation.parentBased(Sampler.alwaysOff());
            default -> configured;
        };
    }

    private static Sampler fraction(ConfigProperties config) {
        return new FractionSampler(config.getDouble(SAMPLER_ARG, 1));
    }

    /** The SDK would say that some ratio is out of range. */
    private static Map<String, String> checked(ConfigProperties config) {
        SettingRanges.check(config);
        try {
            FractionSampler.check(SAMPLER_ARG, config.getDouble(SAMPLER_ARG, 1));
            return Map.of();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private TextMapPropagator propagator() {
        return (propagators == null ? Propagation.standard() : propagators).getTextMapPropagator();
    }
}
