package dev.traced.query.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;

/**
 * The page of the dashboard, with what only the server knows put into it: where the libraries are, under which version our own
 * files are, and the names of all modules, which a browser would else find one level of imports after the other. Immutable.
 */
final class DashboardPage {
    static final String NAME = "index.html";

    /** The folder of our files as the page names it. */
    private static final String OURS = "./ui/";

    private static final String IMPORT_MAP_BEGIN = "<script type=\"importmap\">";
    private static final String IMPORT_MAP_END = "</script>";
    private static final int VERSION_BYTES = 8;

    private final String version;
    private final String importMapHash;
    private final ServedFile file;

    /** @param ours our files by their paths below the folder, the page itself included */
    DashboardPage(SortedMap<String, byte[]> ours, Libraries libraries) {
        String importMap = libraries.importMap();
        this.version = version(ours);
        this.importMapHash = Base64.getEncoder().encodeToString(ServedFile.sha256(importMap.getBytes(UTF_8)));
        String head = IMPORT_MAP_BEGIN + importMap + IMPORT_MAP_END + preloads(ours, libraries);
        String html = page(ours).replace(IMPORT_MAP_BEGIN + IMPORT_MAP_END, head);
        this.file = ServedFile.of(NAME, html.replace(OURS, "." + folder() + "/").getBytes(UTF_8));
    }

    private static String page(Map<String, byte[]> ours) {
        byte[] page = ours.get(NAME);
        String html = page == null ? "" : new String(page, UTF_8);
        if (!html.contains(IMPORT_MAP_BEGIN + IMPORT_MAP_END)) {
            throw new IllegalStateException(NAME + " must have " + IMPORT_MAP_BEGIN + IMPORT_MAP_END);
        }
        return html;
    }

    /** Of all files: one that has changed may be imported by one that has not. */
    private static String version(SortedMap<String, byte[]> ours) {
        MessageDigest digest = ServedFile.sha256();
        ours.forEach((path, bytes) -> {
            digest.update((path + "\0" + bytes.length + "\0").getBytes(UTF_8));
            digest.update(bytes);
        });
        return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
    }

    /** After the import map, which browsers ignore once a module has been asked for. */
    private static String preloads(SortedMap<String, byte[]> ours, Libraries libraries) {
        StringBuilder links = new StringBuilder();
        for (String module : libraries.entryModules()) {
            preload("." + module, links);
        }
        for (String path : ours.keySet()) {
            if (path.endsWith(".js") && !path.startsWith("docs/")) {
                preload(OURS + path, links);
            }
        }
        return links.toString();
    }

    private static void preload(String url, StringBuilder links) {
        links.append("\n  <link rel=\"modulepreload\" href=\"").append(url).append("\">");
    }

    /** Where our files are for as long as they are these, {@code /ui-0123456789abcdef}: it changes with any of them. */
    String folder() {
        return "/ui-" + version;
    }

    /** Of the one script that is in the page itself: SHA-256 in Base64, as a Content-Security-Policy has it. */
    String importMapHash() {
        return importMapHash;
    }

    ServedFile file() {
        return file;
    }
}
