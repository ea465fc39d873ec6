package dev.traced.standalone;

import static java.util.Map.entry;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker inside this JVM: one node, broker and KRaft controller at once, reachable from this machine only.
 *
 * <p>The first start formats the directory; later starts, also after a kill, continue with its data and its cluster id.
 * This puts together the parts of Kafka's {@code KafkaRaftServer} instead of using it: that one halts the JVM on a fault
 * of the controller, opens its ports late, and after a kill refuses itself until its own old session has expired (9 s).
 *
 * <p>Any thread may call any method.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);

    private static final String HOST = "127.0.0.1";
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final String CLIENTS = "PLAINTEXT";
    private static final String CONTROLLER = "CONTROLLER";
    private static final int NODE_ID = 1;

    private static final Duration CONTROLLED_SHUTDOWN = Duration.ofSeconds(5);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);
    private static final Duration ELECTION_LIMIT = Duration.ofSeconds(30);
    /** Recovery of the logs after a kill is part of the start: 1 s per GB from the page cache, much more from a disk. */
    private static final Duration START_LIMIT = Duration.ofMinutes(10);

    /** What is open, the latest first: closing goes in this order, after a start that failed half-way too. */
    private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Path directory;
    private final int port;

    /**
     * Starts a broker and returns when it serves.
     *
     * @param directory where everything is kept; created and formatted when new
     * @param port where clients connect, or 0 for one that the system chooses
     * @throws BindException when the port is taken
     * @throws IOException when the directory cannot be used, or another broker uses it
     */
    public static EmbeddedKafka start(Path directory, int port) throws IOException {
        return new EmbeddedKafka(directory.toAbsolutePath().normalize(), port);
    }

    private EmbeddedKafka(Path directory, int wantedPort) throws IOException {
        if (directory.toString().contains(",")) { // Kafka would read a list of directories
            throw new IOException("the data directory must not contain a comma, was " + directory);
        }
        this.directory = Files.createDirectories(directory);
        try {
            opened.push(lock(directory));
            ServerSocketChannel clients = listen(wantedPort);
            ServerSocketChannel controller = listen(0);
            this.port = portOf(clients);
            boolean wasKilled = isFormatted() && !Files.exists(directory.resolve(".kafka_cleanshutdown"));
            if (!isFormatted()) format();
            startServers(clients, controller, wasKilled);
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** The port where clients connect; a restart on the same port needs it, since 0 chooses anew. */
    public int port() {
        return port;
    }

    /**
     * Completes with the reason when the broker has failed for good; the caller decides what that means for the JVM. A
     * failed disk does not get here: Kafka logs it and halts.
     */
    public CompletionStage<Throwable> failure() {
        return failure.minimalCompletionStage();
    }

    /** Stops the broker; returns after 20 s even if some part of it has not stopped. */
    @Override
    public void close() {
        Thread closer = new Thread(this::closeOpened, "embedded-kafka-close");
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(CLOSE_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closer.isAlive())
            log.warn("Kafka in {} has not stopped within {}; leaving it behind", directory, CLOSE_LIMIT);
    }

    private void closeOpened() {
        AutoCloseable latest;
        while ((latest = opened.poll()) != null) {
            try {
                latest.close();
            } catch (Exception e) {
                log.warn("Closing a part of Kafka in {} failed", directory, e);
            }
        }
    }

    /** Kafka's own lock is taken only after the controller has written to the directory. */
    private static FileChannel lock(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(directory.resolve("traced.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (isLocked(file)) return file;
        file.close();
        throw new IOException("another broker uses the data directory " + directory);
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException e) { // held by this JVM
            return false;
        }
    }

    /** Binds before anything of Kafka runs, so that a taken port is an exception here and a chosen port stays ours. */
    private ServerSocketChannel listen(int wantedPort) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        opened.push(socket);
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), wantedPort));
        } catch (SocketException e) {
            BindException named =
                    new BindException("cannot listen on " + HOST + ":" + wantedPort + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        }
        socket.configureBlocking(false);
        return socket;
    }

    private static int portOf(ServerSocketChannel socket) {
        return socket.socket().getLocalPort();
    }

    private boolean isFormatted() {
        return Files.exists(directory.resolve("meta.properties"));
    }

    private void format() throws IOException {
        try {
            new Formatter()
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setDirectories(List.of(directory.toString()))
                    .setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName(CONTROLLER)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot format the data directory " + directory, e);
        }
    }

    /** Starts on a thread of its own: a part that dies leaves the others, and so the starting thread, waiting for it. */
    private void startServers(ServerSocketChannel clients, ServerSocketChannel controllers, boolean wasKilled) {
        var running =
                CompletableFuture.runAsync(() -> runServers(clients, controllers, wasKilled), EmbeddedKafka::inThread);
        try {
            Object first = CompletableFuture.anyOf(running, failure).join();
            if (first instanceof Throwable fault) throw new CompletionException(fault);
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("Kafka in " + directory + " did not start: " + cause.getMessage(), cause);
        }
    }

    private static void inThread(Runnable command) {
        Thread thread = new Thread(command, "embedded-kafka-start");
        thread.setDaemon(true);
        thread.start();
    }

    private void runServers(ServerSocketChannel clients, ServerSocketChannel controllers, boolean wasKilled) {
        KafkaConfig config = new KafkaConfig(settings(portOf(controllers)), false);
        var formatted = KafkaRaftServer.initializeLogDirs(config, log, "");
        QuorumConfig quorum = config.quorumConfig();
        SharedServer shared = new SharedServer(
                config,
                formatted._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(quorum.voters())),
                QuorumConfig.parseBootstrapServers(quorum.bootstrapServers()),
                (name, fatal, action) -> (message, cause) -> onFault(name, fatal, action, message, cause),
                (listener, address, backlog, buffer) -> listener.equals(CLIENTS) ? clients : controllers);
        ControllerServer controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), formatted._2());
        BrokerServer broker = new BrokerServer(shared);
        opened.push(controller::shutdown);
        controller.startup();
        if (wasKilled) forgetPreviousRun(controller.controller());
        opened.push(() -> broker.shutdown(CONTROLLED_SHUTDOWN));
        broker.startup();
    }

    /**
     * After a kill the controller still counts the previous run as alive, and refuses us as its double until that
     * session expires. We hold the lock of the directory, so we know better.
     */
    private static void forgetPreviousRun(Controller controller) {
        long deadline = System.nanoTime() + ELECTION_LIMIT.toNanos();
        while (!controller.isActive() && System.nanoTime() < deadline) LockSupport.parkNanos(1_000_000);
        var context = new ControllerRequestContext(
                new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.of(deadline));
        try {
            controller.unregisterBroker(context, NODE_ID).join();
        } catch (CompletionException e) {
            // Killed before it had registered. Any other trouble costs the wait for the session, not the start.
            if (!(e.getCause() instanceof BrokerIdNotRegisteredException)) log.warn("Previous run stays registered", e);
        }
    }

    private RuntimeException onFault(
            String part, boolean fatal, Runnable action, String message, @Nullable Throwable cause) {
        String what = part + ": " + message + (cause == null ? "" : ": " + cause.getMessage());
        FaultHandlerException fault = new FaultHandlerException(what, cause);
        if (fatal) log.error("Kafka in {} has failed and must be restarted: {}", directory, what, cause);
        else log.error("Kafka in {} goes on after a fault: {}", directory, what, cause);
        action.run();
        if (fatal) failure.complete(fault);
        return fault;
    }

    private Map<String, String> settings(int controllerPort) {
        return Map.ofEntries(
                entry("process.roles", "broker,controller"),
                entry("node.id", Integer.toString(NODE_ID)),
                entry(
                        "listeners",
                        CLIENTS + "://" + HOST + ":" + port + "," + CONTROLLER + "://" + HOST + ":" + controllerPort),
                entry("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT"),
                entry("inter.broker.listener.name", CLIENTS),
                entry("controller.listener.names", CONTROLLER),
                entry("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort),
                entry("log.dirs", directory.toString()),
                entry("server.max.startup.time.ms", Long.toString(START_LIMIT.toMillis())),
                // Topics are made on purpose, with their settings; a typo must not make one.
                entry("auto.create.topics.enable", "false"),

                // One node: one copy of everything, and one partition where more would only cost files.
                entry("offsets.topic.num.partitions", "1"),
                entry("offsets.topic.replication.factor", "1"),
                entry("transaction.state.log.num.partitions", "1"),
                entry("transaction.state.log.replication.factor", "1"),
                entry("transaction.state.log.min.isr", "1"),
                entry("share.coordinator.state.topic.num.partitions", "1"),
                entry("share.coordinator.state.topic.replication.factor", "1"),
                entry("share.coordinator.state.topic.min.isr", "1"),
                // There is no other broker to move a leader to.
                entry("auto.leader.rebalance.enable", "false"),

                // The members of a group are in this JVM: nobody else will join within the default 3 s.
                entry("group.initial.rebalance.delay.ms", "0"),
                entry("group.min.session.timeout.ms", "1000"),

                // Retention acts within seconds, from the start on; the defaults are 5 min, 30 s and 60 s.
                entry("log.retention.check.interval.ms", "5000"),
                entry("log.initial.task.delay.ms", "5000"),
                entry("log.segment.delete.delay.ms", "1000"),

                // After a kill each active segment is read and checked: small ones keep that short.
                entry("log.segment.bytes", mebibytes(64)),
                entry("num.recovery.threads.per.data.dir", "2"),
                // A commit a second fills it: compacted early, since a start reads all of it.
                entry("offsets.topic.segment.bytes", mebibytes(8)),

                // Memory and files taken in advance. The default for deduplication alone is 128 MiB of heap.
                entry("log.cleaner.dedupe.buffer.size", mebibytes(2)),
                entry("log.cleaner.io.buffer.size", "131072"),
                entry("log.index.size.max.bytes", mebibytes(1)),

                // The log of metadata: small, and without the default two synced writes a second when idle.
                entry("metadata.max.idle.interval.ms", "0"),
                entry("metadata.log.max.record.bytes.between.snapshots", mebibytes(1)),
                entry("metadata.log.segment.bytes", mebibytes(8)),
                entry("metadata.max.retention.bytes", mebibytes(16)),

                // Threads for a small machine shared with the producers and consumers.
                entry("num.network.threads", "2"),
                entry("num.io.threads", "2"),
                entry("background.threads", "2"),
                entry("group.coordinator.threads", "1"),
                entry("group.coordinator.background.threads", "1"),
                entry("share.coordinator.threads", "1"));
    }

    private static String mebibytes(int count) {
        return Integer.toString(count << 20);
    }
}
