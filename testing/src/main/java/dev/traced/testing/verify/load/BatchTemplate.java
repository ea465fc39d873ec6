package dev.traced.testing.verify.load;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A whole {@code POST /spans} request, head included, rendered once. Ids and times have a fixed width, so that the next
 * batch overwrites them where they stand: no JSON is built while measuring. Not thread-safe.
 *
 * <pre>
 * POST /spans HTTP/1.1 .. {"spans":[{"trace_id":"________","span_id":"________",..,"start_time":_______,..
 *                                               ^ traceIdAt          ^ spanIdAt                ^ startAt
 * </pre>
 */
final class BatchTemplate {

    private static final int ID_LENGTH = 36;
    private static final int TIME_LENGTH = 19;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String NIL = "00000000-0000-0000-0000-000000000000";
    private static final String NO_TIME = "1000000000000000000";
    private static final String[] SERVICES = {"frontend", "checkout", "payment", "inventory"};
    private static final String[] OPERATIONS = {"GET /cart", "POST /order", "authorize", "SELECT stock"};
    private static final long MILLISECOND = 1_000_000;

    private final SplittableRandom random;
    private final int spansPerTrace;
    private final byte[] request;
    private final int[] traceIdAt;
    private final int[] spanIdAt;
    private final int[] parentAt;
    private final int[] startAt;
    private final int[] endAt;

    BatchTemplate(URI url, int spans, int spansPerTrace, SplittableRandom random) {
        this.random = random;
        this.spansPerTrace = spansPerTrace;
        this.traceIdAt = new int[spans];
        this.spanIdAt = new int[spans];
        this.parentAt = new int[spans];
        this.startAt = new int[spans];
        this.endAt = new int[spans];
        this.request = render(url);
    }

    /** New traces from now on; about one span in twenty is an error, as it was rendered. */
    void refresh(long nowNanos) {
        long traceHigh = 0;
        long traceLow = 0;
        for (int i = 0; i < traceIdAt.length; i++) {
            if (i % spansPerTrace == 0) {
                traceHigh = random.nextLong();
                traceLow = random.nextLong();
            }
            writeId(traceIdAt[i], traceHigh, traceLow);
            writeId(spanIdAt[i], random.nextLong(), random.nextLong());
            if (parentAt[i] > 0) {
                System.arraycopy(request, spanIdAt[i - i % spansPerTrace], request, parentAt[i], ID_LENGTH);
            }
            long start = nowNanos - 40 * MILLISECOND + i % spansPerTrace * MILLISECOND + (random.nextInt() >>> 12);
            writeTime(startAt[i], start);
            writeTime(endAt[i], start + 5 * MILLISECOND + (random.nextInt() >>> 8));
        }
    }

    /** The bytes to send: valid until the next refresh, not to be changed. */
    byte[] request() {
        return request;
    }

    int spans() {
        return traceIdAt.length;
    }

    String firstTraceId() {
        return new String(request, traceIdAt[0], ID_LENGTH, StandardCharsets.US_ASCII);
    }

    int spansOfFirstTrace() {
        return Math.min(spansPerTrace, spans());
    }

    private byte[] render(URI url) {
        Text body = new Text();
        body.add("{\"spans\":[");
        for (int i = 0; i < traceIdAt.length; i++) {
            body.add(i == 0 ? "" : ",");
            renderSpan(body, i);
        }
        body.add("]}");
        String head = "POST " + url.getRawPath().replaceFirst("/+$", "") + "/spans HTTP/1.1\r\nHost: "
                + url.getRawAuthority() + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n";
        Text whole = new Text();
        whole.add(head);
        shift(whole.length());
        whole.add(body.text());
        return whole.bytes();
    }

    private void renderSpan(Text body, int i) {
        traceIdAt[i] = body.add("{\"trace_id\":\"").length();
        spanIdAt[i] = body.add(NIL + "\",\"span_id\":\"").length();
        body.add(NIL);
        if (i % spansPerTrace > 0) {
            parentAt[i] = body.add("\",\"parent_span_id\":\"").length();
            body.add(NIL);
        }
        body.add("\",\"service\":\"" + SERVICES[i % SERVICES.length]);
        body.add("\",\"operation\":\"" + OPERATIONS[i % OPERATIONS.length]);
        startAt[i] = body.add("\",\"start_time\":").length();
        endAt[i] = body.add(NO_TIME + ",\"end_time\":").length();
        body.add(NO_TIME + ",\"status\":\"" + (i % 20 == 7 ? "error" : "ok"));
        body.add("\",\"tags\":{\"http.method\":\"GET\",\"http.status_code\":\"200\",\"region\":\"eu-central-1\"}}");
    }

    private void shift(int by) {
        for (int i = 0; i < traceIdAt.length; i++) {
            traceIdAt[i] += by;
            spanIdAt[i] += by;
            parentAt[i] += parentAt[i] > 0 ? by : 0;
            startAt[i] += by;
            endAt[i] += by;
        }
    }

    private void writeId(int at, long high, long low) {
        int position = at;
        for (int digit = 0; digit < 32; digit++) {
            if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
                position++;
            }
            long half = digit < 16 ? high : low;
            request[position++] = HEX[(int) (half >>> (60 - 4 * (digit & 15))) & 15];
        }
    }

    private void writeTime(int at, long nanos) {
        long rest = nanos;
        for (int position = at + TIME_LENGTH - 1; position >= at; position--) {
            request[position] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** ASCII that knows how long it is. */
    private static final class Text {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Text add(String text) {
            bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        int length() {
            return bytes.size();
        }

        String text() {
            return bytes.toString(StandardCharsets.US_ASCII);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
