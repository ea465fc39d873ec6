package dev.traced.query.web;

import dev.traced.http.HttpProblem;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files below a folder of the class path, read when they are first asked for, and kept. For use by any number of threads. */
final class ClasspathFiles {
    /** What our files and those of the libraries are called: no escapes, no empty names, none that begins with a dot. */
    private static final Pattern PATH = Pattern.compile("[\\w@][\\w@.-]*(/[\\w@][\\w@.-]*)*");

    private static final ClassLoader CLASSES = ClasspathFiles.class.getClassLoader();

    private final String folder;
    private final Predicate<String> isServed;
    private final Map<String, ServedFile> files = new ConcurrentHashMap<>();

    /**
     * @param folder ends with a slash
     * @param isServed of a path below it
     */
    ClasspathFiles(String folder, Predicate<String> isServed) {
        this.folder = folder;
        this.isServed = isServed;
    }

    /** The file at this path below the folder, which is as the client sent it. */
    ServedFile get(String path) {
        boolean isAllowed = PATH.matcher(path).matches() && ServedFile.isServed(path) && isServed.test(path);
        ServedFile file = isAllowed ? files.computeIfAbsent(path, this::read) : null;
        if (file == null) {
            throw new HttpProblem(404, "there is no such file");
        }
        return file;
    }

    private @Nullable ServedFile read(String path) {
        byte[] bytes = find(folder + path);
        return bytes == null ? null : ServedFile.of(path, bytes);
    }

    /**
     * All files below a folder, by their paths below it.
     *
     * @param folder ends with a slash
     * @throws IllegalStateException if it is not there
     */
    static SortedMap<String, byte[]> all(String folder) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (String path : paths(folder)) {
            files.put(path, required(folder + path));
        }
        return files;
    }

    private static List<String> paths(String folder) {
        URL url = CLASSES.getResource(folder);
        if (url == null) {
            throw new IllegalStateException("the class path lacks " + folder);
        }
        try {
            if (url.openConnection() instanceof JarURLConnection jar) {
                return jar.getJarFile().stream()
                        .map(JarEntry::getName)
                        .filter(name -> name.startsWith(folder) && !name.endsWith("/"))
                        .map(name -> name.substring(folder.length()))
                        .toList();
            }
            Path root = Path.of(url.toURI());
            try (Stream<Path> files = Files.walk(root)) {
                return files.filter(Files::isRegularFile)
                        .map(file -> root.relativize(file).toString().replace(File.separatorChar, '/'))
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no URI: " + url, e);
        }
    }

    /** @throws IllegalStateException if it is not there */
    static byte[] required(String resource) {
        byte[] bytes = find(resource);
        if (bytes == null) {
            throw new IllegalStateException("the class path lacks " + resource);
        }
        return bytes;
    }

    private static byte @Nullable [] find(String resource) {
        try (InputStream in = CLASSES.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
