package dev.traced.query;

import dev.traced.model.CompareQuery;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceTooLargeException;
import dev.traced.model.TraitSample;
import dev.traced.topics.CompareQueryForm;
import dev.traced.topics.DroppedTraceJson;
import dev.traced.topics.LogPageFrames;
import dev.traced.topics.OverviewQueryForm;
import dev.traced.topics.StatsPageJson;
import dev.traced.topics.StatsQueryForm;
import dev.traced.topics.TraceOverviewJson;
import dev.traced.topics.TracePageJson;
import dev.traced.topics.TraceQueryForm;
import dev.traced.topics.TraitSampleJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An assembler in another process, through its internal door. Equal if the address is. */
final class RemotePartitionReader implements PartitionReader {
    /** On top of what the assembler may wait: the way there and back, and a large answer. */
    private static final Duration TRANSFER = Duration.ofSeconds(2);

    /** A status needs no reading; an assembler that takes longer for it is not one to ask now. */
    private static final Duration STATUS = Duration.ofSeconds(1);

    private final HttpClient client;
    private final String address;

    RemotePartitionReader(HttpClient client, String address) {
        this.client = client;
        this.address = address;
    }

    String address() {
        return address;
    }

    /** What an assembler says of itself; fails if it does not answer within {@link #STATUS}. */
    CompletableFuture<DoorStatus> status() {
        return send("/internal/partitions", STATUS).thenApply(answer -> {
            requireOk(answer);
            return DoorStatus.parse(answer.body());
        });
    }

    @Override
    public Set<Integer> readable() {
        try {
            return status().join().partitions();
        } catch (CompletionException e) {
            throw unreachable(e.getCause() == null ? e : e.getCause());
        }
    }

    @Override
    public TracePage list(TraceQuery query, Map<Integer, Long> offsets, Duration timeout) {
        return ask("traces", TraceQueryForm.write(query), offsets, timeout, TracePageJson::read);
    }

    @Override
    public TraceOverview overview(OverviewQuery query, Map<Integer, Long> offsets, Duration timeout) {
        return ask("overview", OverviewQueryForm.write(query), offsets, timeout, TraceOverviewJson::read);
    }

    @Override
    public List<TraitSample> compare(CompareQuery query, int most, Map<Integer, Long> offsets, Duration timeout) {
        String form = "most=" + most + "&" + CompareQueryForm.write(query);
        return ask("compare", form, offsets, timeout, TraitSampleJson::read);
    }

    @Override
    public StatsPage stats(StatsQuery query, Map<Integer, Long> offsets, Duration timeout) {
        return ask("stats", StatsQueryForm.write(query), offsets, timeout, StatsPageJson::read);
    }

    private interface Form<T> {
        T read(InputStream in) throws IOException;
    }

    private <T> T ask(String what, String query, Map<Integer, Long> offsets, Duration timeout, Form<T> form) {
        HttpResponse<byte[]> answer = get(
                "/internal/" + what + "?offsets=" + pairs(offsets) + "&timeout_ms=" + timeout.toMillis() + "&" + query,
                timeout);
        requireOk(answer);
        try {
            return form.read(new ByteArrayInputStream(answer.body()));
        } catch (IOException e) {
            throw somethingElse(e);
        }
    }

    private static String pairs(Map<Integer, Long> offsets) {
        return offsets.entrySet().stream()
                .map(offset -> offset.getKey() + ":" + offset.getValue())
                .collect(Collectors.joining(","));
    }

    @Override
    public List<byte[]> spans(TraceId traceId, long nowNanos, int partition, long offset, Duration timeout) {
        HttpResponse<byte[]> answer = get(
                "/internal/traces/" + traceId + "?partition=" + partition + "&offset=" + offset + "&now=" + nowNanos
                        + "&timeout_ms=" + timeout.toMillis(),
                timeout);
        if (answer.statusCode() == 204) {
            return List.of();
        }
        if (answer.statusCode() == 410) {
            throw dropped(traceId, answer.body());
        }
        requireOk(answer);
        return List.of(answer.body());
    }

    @Override
    public LogPage logs(TraceId traceId, LogPosition from, int partition, long offset, Duration timeout) {
        HttpResponse<byte[]> answer = get(
                "/internal/traces/" + traceId + "/logs?from_bucket=" + from.bucket() + "&from_offset=" + from.offset()
                        + "&partition=" + partition + "&offset=" + offset + "&timeout_ms=" + timeout.toMillis(),
                timeout);
        requireOk(answer);
        try {
            return LogPageFrames.read(answer.body());
        } catch (IOException e) {
            throw somethingElse(e);
        }
    }

    private TraceDroppedException dropped(TraceId traceId, byte[] body) {
        try {
            return DroppedTraceJson.read(traceId, body);
        } catch (IOException e) {
            throw somethingElse(e);
        }
    }

    private NotReadableException somethingElse(IOException e) {
        return new NotReadableException(address + " answered with something else: " + e.getMessage());
    }

    private void requireOk(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 413) {
            throw new TraceTooLargeException(DoorStatus.error(answer.body()));
        }
        if (answer.statusCode() != 200) {
            throw new NotReadableException(address + " answered " + answer.statusCode() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    private HttpResponse<byte[]> get(String pathAndQuery, Duration timeout) {
        try {
            return send(pathAndQuery, timeout.plus(TRANSFER)).get();
        } catch (ExecutionException e) {
            throw unreachable(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReadableException("interrupted");
        }
    }

    /** The request's own timeout ends with the headers; this one covers the body. */
    private CompletableFuture<HttpResponse<byte[]>> send(String pathAndQuery, Duration timeout) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + pathAndQuery))
                    .timeout(timeout)
                    .build();
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IllegalArgumentException e) { // whatever a peer calls itself, it must not stop the others
            return CompletableFuture.failedFuture(e);
        }
    }

    private NotReadableException unreachable(Throwable why) {
        return new NotReadableException("the assembler at " + address + " cannot be reached: " + why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RemotePartitionReader reader && reader.address.equals(address);
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }
}
