package dev.traced.ingest.body;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a body may say it is: JSON in UTF-8, or nothing. */
public final class ContentTypes {
    private static final String JSON = "application/json";

    private ContentTypes() {}

    public static void requireJson(@Nullable String contentType) {
        if (contentType == null || contentType.equals(JSON) || isUtf8Json(contentType)) {
            return;
        }
        throw new InvalidBatchException(
                "Content-Type must be application/json in UTF-8, was " + Quoted.text(contentType));
    }

    private static boolean isUtf8Json(String contentType) {
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].trim().equals(JSON)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return true;
    }
}
