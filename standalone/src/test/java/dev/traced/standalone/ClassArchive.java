package dev.traced.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * How the processes of tests find their classes: in an archive of them that are loaded and verified already, as the launcher
 * makes one for its users; a start of traced then takes half the work. It is made once a build, by the fork of the tests that
 * comes first, and the other waits for it. Since it takes as long as two starts, it is for whoever starts more.
 */
final class ClassArchive {
    private static final int WORTH_IT_FROM = 3;
    private static final Path DIRECTORY = Path.of("target", "test-processes").toAbsolutePath();
    private static final List<String> QUIET =
            List.of("-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xlog:class+path=off");
    private static final AtomicInteger STARTS = new AtomicInteger();

    private ClassArchive() {}

    /** What the JVM of the next process is to be started with. */
    static List<String> jvm() {
        return STARTS.incrementAndGet() < WORTH_IT_FROM
                ? List.of("-cp", System.getProperty("java.class.path"))
                : Made.JVM;
    }

    /** Made when it is first asked for. */
    private static final class Made {
        static final List<String> JVM = make();
    }

    private static List<String> make() {
        try {
            Files.createDirectories(DIRECTORY);
            try (FileChannel channel = FileChannel.open(
                            DIRECTORY.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock ours = channel.lock()) {
                List<String> jvm = new ArrayList<>(QUIET);
                Path build = DIRECTORY.resolve(Long.toHexString(fingerprint()));
                String classPath = jars(build);
                Path archive = build.resolve("classes.jsa");
                if (!Files.exists(archive)) {
                    dump(archive, classPath);
                }
                if (Files.exists(archive)) {
                    jvm.add("-XX:SharedArchiveFile=" + archive);
                }
                jvm.addAll(List.of("-cp", classPath));
                return List.copyOf(jvm);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty()) // which would be the directory we are in
                .map(Path::of)
                .toList();
    }

    /** Another one after each compilation. */
    private static long fingerprint() throws IOException {
        CRC32 all = new CRC32();
        for (Path entry : classPath()) {
            for (Path file : files(entry)) {
                all.update((file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file)).getBytes(UTF_8));
            }
        }
        return all.getValue();
    }

    /** Its directories as jars, since there is no archive of others. */
    private static String jars(Path build) throws IOException {
        Files.createDirectories(build);
        List<String> jars = new ArrayList<>();
        for (Path entry : classPath()) {
            if (Files.isDirectory(entry)) {
                Path jar = build.resolve(jars.size() + ".jar");
                if (!Files.exists(jar)) {
                    jar(entry, jar);
                }
                jars.add(jar.toString());
            } else if (Files.exists(entry)) {
                jars.add(entry.toString());
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    /** With its directories, as Maven's have them: the dashboard's files are listed by theirs. */
    private static void jar(Path directory, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> entries = Files.walk(directory)) {
            for (Path entry :
                    entries.filter(each -> !each.equals(directory)).sorted().toList()) {
                String name = directory.relativize(entry).toString().replace('\\', '/');
                boolean isFile = Files.isRegularFile(entry);
                zip.putNextEntry(new ZipEntry(isFile ? name : name + "/"));
                if (isFile) {
                    Files.copy(entry, zip);
                }
            }
        }
    }

    private static List<Path> files(Path entry) throws IOException {
        try (Stream<Path> files = Files.walk(entry)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void dump(Path archive, String classPath) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(DIRECTORY, "warm-up");
        List<String> line = new ArrayList<>(TracedProcess.JAVA);
        line.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-cp", classPath, Traced.class.getName()));
        line.addAll(List.of("up", "--stop-when-ready", "--data-dir", data.toString(), "--http-host", "127.0.0.1"));
        line.addAll(List.of("--http-port=0", "--otlp-grpc-port=0", "--otlp-http-port=0", "--zipkin-port=0"));
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly(); // tests then do without
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
