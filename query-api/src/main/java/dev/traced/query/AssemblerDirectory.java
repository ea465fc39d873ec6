package dev.traced.query;

import dev.traced.model.PartitionReader;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps asking the assemblers which partitions they can read, starting from the addresses it was given and going on with
 * those they name. Thread-safe.
 */
public final class AssemblerDirectory implements PartitionOwners {
    private static final Logger LOGGER = LoggerFactory.getLogger(AssemblerDirectory.class);
    private static final long EVERY_MS = 1_000;
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(1))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final List<String> seeds;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "assembler-directory");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Map<Integer, PartitionReader> owners = Map.of();
    private long refreshedAt = System.nanoTime() - 2 * FRESH_NANOS;

    /** Starts from these addresses, host:port. */
    public AssemblerDirectory(List<String> seeds) {
        this.seeds = List.copyOf(seeds);
        ticker.scheduleWithFixedDelay(this::refreshQuietly, 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<PartitionReader> owner(int partition) {
        return Optional.ofNullable(owners.get(partition));
    }

    private void refreshQuietly() {
        try {
            refresh();
        } catch (RuntimeException e) {
            LOGGER.warn("the assemblers could not be asked", e);
        }
    }

    @Override
    public synchronized void refresh() {
        if (System.nanoTime() - refreshedAt < FRESH_NANOS) {
            return;
        }
        Set<String> addresses = new TreeSet<>(seeds);
        addresses.addAll(known);
        Map<RemotePartitionReader, CompletableFuture<DoorStatus>> asked = new LinkedHashMap<>();
        for (String address : addresses) {
            RemotePartitionReader reader = new RemotePartitionReader(client, address);
            asked.put(reader, reader.status()); // all at once: one that hangs must not hold up the others
        }
        Map<Integer, PartitionReader> found = new HashMap<>();
        asked.forEach((reader, answer) -> {
            try {
                DoorStatus status = answer.join();
                known.addAll(status.peers());
                status.partitions().forEach(partition -> found.put(partition, reader));
            } catch (CompletionException e) {
                known.remove(reader.address());
                LOGGER.atDebug().addKeyValue("address", reader.address()).log("an assembler does not answer");
            }
        });
        owners = Map.copyOf(found);
        refreshedAt = System.nanoTime();
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
