package dev.traced.tracer.sidecar;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names for the spans of a service whose routes nobody knows: the method and a template of the path, such as {@code
 * GET /orders/{id}}. There is a bounded number of them, or each id that is not seen to be one would be an operation of its own;
 * what is beyond is called by its method. A new name needs {@link #admit}, so that a scan of paths that do not exist takes no
 * places.
 *
 * <p>Any thread may call any method.
 */
final class SpanNames {
    static final int MAX_NAMES = 200;

    private static final int MAX_SEGMENTS = 6;
    private static final int MAX_WORD = 32;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** The name for a request to a path that the service has. */
    String admit(String method, String path) {
        String name = name(method, path);
        if (known.contains(name)) {
            return name;
        }
        synchronized (known) {
            boolean hasRoom = known.size() < MAX_NAMES;
            return (hasRoom && known.add(name)) || known.contains(name) ? name : method;
        }
    }

    /** The name for a request to a path that the service may not have: the method alone, unless the path is known. */
    String known(String method, String path) {
        String name = name(method, path);
        return known.contains(name) ? name : method;
    }

    private static String name(String method, String path) {
        return path.startsWith("/") ? method + " " + template(path) : method;
    }

    /** The path with {@code {id}} for each segment that looks like an id, and {@code *} for all that is deep down. */
    static String template(String path) {
        StringBuilder template = new StringBuilder(64);
        int start = 1;
        for (int segments = 1; ; segments++) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (segments > MAX_SEGMENTS) {
                return template.append("/*").toString();
            }
            template.append('/');
            if (isId(path, start, end)) {
                template.append("{id}");
            } else {
                template.append(path, start, end);
            }
            if (slash < 0) {
                return template.toString();
            }
            start = slash + 1;
        }
    }

    /** Words of a route are short, and have few digits: v2, oauth2, index.html. Anything else is taken for an id. */
    private static boolean isId(String path, int start, int end) {
        int length = end - start;
        int digits = 0;
        int hex = 0;
        for (int i = start; i < end; i++) {
            char c = path.charAt(i);
            boolean isDigit = c >= '0' && c <= '9';
            if (!isDigit && !isWord(c)) {
                return true;
            }
            digits += isDigit ? 1 : 0;
            hex += isDigit || c == '-' || isWithin(c, 'f') ? 1 : 0;
        }
        boolean isNumber = digits > 0 && digits == length;
        boolean isHex = digits > 0 && hex == length && length >= 8;
        boolean isLong = length > MAX_WORD || (digits >= 2 && length >= 16);
        return isNumber || isHex || isLong || digits >= 4;
    }

    private static boolean isWord(char c) {
        return isWithin(c, 'z') || c == '-' || c == '_' || c == '.' || c == '~';
    }

    /** Whether it is a letter of a to {@code last}, small or not. */
    private static boolean isWithin(char c, char last) {
        int small = c | 0x20;
        return small >= 'a' && small <= last;
    }
}
