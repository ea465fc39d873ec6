package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.traced.http.HttpProblem;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * The percent-encoding of a URL's query (RFC 3986 §2.1), which is of UTF-8. What cannot be decoded would be left out, and the answer
 * would be to a wider question than was asked.
 */
final class QueryEncoding {
    private static final int HEX = 16;

    private QueryEncoding() {}

    /** Refuses a query of which a name or a value cannot be decoded. */
    static void require(Context ctx) {
        String query = ctx.queryString();
        if (query == null || query.indexOf('%') < 0) {
            return;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = parameter.substring(equals + 1);
            if (decoded(name) == null) {
                throw new HttpProblem(
                        400, "a parameter's name cannot be decoded, was \"" + QueryRoutes.shortened(name) + "\"");
            }
            if (decoded(value) == null) {
                throw new HttpProblem(
                        400, decoded(name) + " cannot be decoded, was \"" + QueryRoutes.shortened(value) + "\"");
            }
        }
    }

    /** Null of what has no meaning. */
    static @Nullable String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.writeBytes(String.valueOf(c).getBytes(UTF_8));
            } else if (i + 2 < text.length() && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
                bytes.write(Integer.parseInt(text, i + 1, i + 3, HEX));
                i += 2;
            } else {
                return null;
            }
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isHex(char c) {
        return Character.digit(c, HEX) >= 0;
    }
}
