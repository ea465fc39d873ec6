package dev.traced.tracer.report;

import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.exporter.internal.SenderUtil;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.util.List;
import java.util.function.Consumer;

/**
 * Listens to what the collector answers to an exporter of OTLP over HTTP, which itself goes by the status alone. Over gRPC
 * nothing is heard. One exporter, one batch at a time.
 */
final class Answers implements ComponentLoader {
    private final ComponentLoader components = ComponentLoader.forClassLoader(SenderUtil.class.getClassLoader());
    private volatile PartialSuccess last = PartialSuccess.NONE;

    /** To the batch that the exporter sent last, once its result is there. */
    PartialSuccess last() {
        return last;
    }

    /** The exporter gets what sends from here, and so what is between it and the SDK's. */
    @Override
    public <T> Iterable<T> load(Class<T> type) {
        if (!type.equals(HttpSenderProvider.class)) {
            return components.load(type);
        }
        HttpSenderProvider http = SenderUtil.resolveHttpSenderProvider(components);
        HttpSenderProvider heard = config -> new Heard(http.createSender(config));
        return List.of(type.cast(heard));
    }

    private final class Heard implements HttpSender {
        private final HttpSender sender;

        private Heard(HttpSender sender) {
            this.sender = sender;
        }

        @Override
        public void send(MessageWriter batch, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
            last = PartialSuccess.NONE;
            sender.send(
                    batch,
                    response -> {
                        last = PartialSuccess.read(response.getResponseBody());
                        onResponse.accept(response);
                    },
                    onError);
        }

        @Override
        public CompletableResultCode shutdown() {
            return sender.shutdown();
        }
    }
}
