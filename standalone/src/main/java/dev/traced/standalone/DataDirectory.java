package dev.traced.standalone;

import dev.traced.assembler.AssemblerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory an instance keeps its state in, held for itself as long as it runs. */
final class DataDirectory implements AutoCloseable {
    private final Path directory;
    private final FileChannel lockFile;

    private DataDirectory(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Takes the directory, which is made if it is missing.
     *
     * @throws IllegalStateException if another instance holds it or it cannot be written
     */
    static DataDirectory hold(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            FileChannel file = FileChannel.open(
                    directory.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (tryLock(file) == null) {
                String holder = Files.readString(directory.resolve("lock")).trim();
                file.close();
                throw new IllegalStateException(
                        "data directory " + directory + " is in use by another instance, process " + holder);
            }
            file.truncate(0);
            file.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new DataDirectory(directory, file);
        } catch (AccessDeniedException e) {
            throw new IllegalStateException("data directory " + directory + " cannot be written", e);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException("data directory " + directory + " is not a directory", e);
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new IllegalStateException("data directory " + directory + " cannot be used: " + reason, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another instance in this process
        }
    }

    Path kafka() {
        return directory.resolve("kafka");
    }

    Path streams() {
        return directory.resolve("streams");
    }

    /** Deletes what assemblers of another window have left: its state is made anew from the topic if that window returns. */
    void forgetStateOfOthersThan(String applicationId) throws IOException {
        if (!Files.isDirectory(streams())) {
            return;
        }
        try (Stream<Path> states = Files.list(streams())) {
            for (Path state : states.filter(path -> !path.endsWith(applicationId))
                    .filter(path -> AssemblerConfig.isApplicationId(
                            path.getFileName().toString())) // nothing else is ours to delete
                    .toList()) {
                try (Stream<Path> files = Files.walk(state)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    /** A name for whoever runs on this directory: made once, the same after every restart. */
    String instanceId() throws IOException {
        Path file = directory.resolve("instance-id");
        if (Files.exists(file)) {
            return Files.readString(file).trim();
        }
        String id = UUID.randomUUID().toString();
        Path whole = Files.writeString(directory.resolve("instance-id.new"), id);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return id;
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
