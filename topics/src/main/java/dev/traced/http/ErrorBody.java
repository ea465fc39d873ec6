package dev.traced.http;

import java.nio.charset.StandardCharsets;

/** The one shape of every error: {@code {"error": "<what was wrong>"}}. */
final class ErrorBody {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private ErrorBody() {}

    static byte[] of(String message) {
        StringBuilder json = new StringBuilder(message.length() + 16).append("{\"error\":\"");
        for (int i = 0; i < message.length(); i++) {
            appendEscaped(json, message.charAt(i));
        }
        return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void appendEscaped(StringBuilder json, char c) {
        if (c == '"' || c == '\\') {
            json.append('\\').append(c);
        } else if (c < 0x20) {
            json.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
        } else {
            json.append(c);
        }
    }
}
