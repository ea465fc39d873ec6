package dev.traced.query.web;

import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file as browsers get it, compressed once and not for each of them: the largest of our libraries, of 1.1 MB, takes 150 ms.
 * Immutable.
 */
final class ServedFile {
    /** By extension; what has another is not served. */
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "woff2", "font/woff2");

    private static final Set<String> COMPRESSED_ALREADY = Set.of("png", "woff2");

    /** Below that it is one packet either way. */
    private static final int MIN_COMPRESSED_BYTES = 1_000;

    private final String type;
    private final byte[] bytes;
    private final byte @Nullable [] zipped;
    private final String tag;

    private ServedFile(String type, byte[] bytes, byte @Nullable [] zipped) {
        this.type = type;
        this.bytes = bytes;
        this.zipped = zipped;
        this.tag = '"' + HexFormat.of().formatHex(sha256(bytes), 0, 16) + '"';
    }

    /** Whether it is of a type that we serve. */
    static boolean isServed(String name) {
        return TYPES.containsKey(extension(name));
    }

    static ServedFile of(String name, byte[] bytes) {
        String extension = extension(name);
        String type = TYPES.get(extension);
        if (type == null) {
            throw new IllegalArgumentException("files like " + name + " are not served");
        }
        boolean isZipped = bytes.length >= MIN_COMPRESSED_BYTES && !COMPRESSED_ALREADY.contains(extension);
        return new ServedFile(type, bytes, isZipped ? zip(bytes) : null);
    }

    /** Answers with it, or that what the client has is still right. */
    void answer(Context ctx, String cacheControl) throws IOException {
        // Weak: the same for both encodings.
        ctx.header(Header.ETAG, "W/" + tag).header(Header.CACHE_CONTROL, cacheControl);
        ctx.res().setCharacterEncoding(null); // Javalin's, which a font has not
        ctx.contentType(type); // of a 304 too, in which a cache would else find the default
        if (zipped != null) {
            ctx.res().addHeader(Header.VARY, Header.ACCEPT_ENCODING);
        }
        if (isKnown(ctx.header(Header.IF_NONE_MATCH))) {
            ctx.status(304);
        } else if (zipped != null && takesGzip(ctx.header(Header.ACCEPT_ENCODING))) {
            ctx.header(Header.CONTENT_ENCODING, "gzip");
            write(ctx, zipped);
        } else {
            write(ctx, bytes);
        }
    }

    /** As it is; not into the stream of the context, which might compress. */
    private static void write(Context ctx, byte[] body) throws IOException {
        ctx.res().setContentLength(body.length);
        ctx.res().getOutputStream().write(body);
    }

    private boolean isKnown(@Nullable String ifNoneMatch) {
        return ifNoneMatch != null && (ifNoneMatch.contains(tag) || ifNoneMatch.equals("*"));
    }

    private static boolean takesGzip(@Nullable String acceptEncoding) {
        if (acceptEncoding != null) {
            for (String coding : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = coding.split(";", -1);
                if (parts[0].trim().equals("gzip")) {
                    return parts.length == 1 || !parts[1].trim().matches("q=0(\\.0*)?");
                }
            }
        }
        return false;
    }

    private static String extension(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static byte[] zip(byte[] bytes) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream(bytes.length / 3);
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    static byte[] sha256(byte[] bytes) {
        return sha256().digest(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
