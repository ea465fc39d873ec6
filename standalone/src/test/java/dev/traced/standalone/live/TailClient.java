package dev.traced.standalone.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client of {@code GET /traces/live} that does what a browser's EventSource does. Used by one thread. */
final class TailClient implements AutoCloseable {
    private static final Pattern TRACE_ID = Pattern.compile("\"trace_id\":\"([0-9a-f-]{36})\"");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");

    private final HttpURLConnection connection;
    private final BufferedReader lines;
    private final List<Event> early = new ArrayList<>();
    private String lastId = "";
    private boolean hasBegun;

    /** An event of the stream. */
    record Event(String name, String id, String data) {
        /** Which trace, and as of when. */
        String key() {
            return find(TRACE_ID) + " " + find(REVISION);
        }

        private String find(Pattern field) {
            Matcher matcher = field.matcher(data);
            if (!matcher.find()) {
                throw new AssertionError("no " + field + " in " + data);
            }
            return matcher.group(1);
        }
    }

    private TailClient(HttpURLConnection connection) throws IOException {
        this.connection = connection;
        this.lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Once the tail has begun. */
    static TailClient open(URI url, @Nullable String lastEventId) {
        try {
            HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
            connection.setConnectTimeout(5_000);
            connection.setReadTimeout(20_000);
            connection.setRequestProperty("Accept-Encoding", "gzip");
            if (lastEventId != null) {
                connection.setRequestProperty("Last-Event-ID", lastEventId);
            }
            TailClient client = new TailClient(connection);
            while (!client.hasBegun) {
                client.read(client.early);
            }
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpURLConnection connection() {
        return connection;
    }

    /** Where the client would go on. */
    String lastId() {
        return lastId;
    }

    /** The next so many events. */
    List<Event> next(int count) {
        List<Event> events = new ArrayList<>(early);
        early.clear();
        long start = System.nanoTime();
        while (events.size() < count) {
            if (!read(events) || System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("no more than " + events);
            }
        }
        return events;
    }

    Event next() {
        return next(1).get(0);
    }

    /** The next so many events, and whatever else comes with them. */
    List<Event> all(int expected) {
        List<Event> events = next(expected);
        events.addAll(untilSilent());
        return events;
    }

    /** What comes until nothing more does for as long as a heartbeat. */
    List<Event> untilSilent() {
        List<Event> events = new ArrayList<>(early);
        early.clear();
        int before;
        do {
            before = events.size();
            read(events);
        } while (events.size() > before);
        return events;
    }

    /** Whether the stream ended, whatever came before. */
    boolean endsBeforeTimeout() {
        List<Event> events = new ArrayList<>();
        try {
            while (read(events)) {
                events.clear();
            }
            return true;
        } catch (UncheckedIOException e) {
            return !e.getMessage().toLowerCase(Locale.ROOT).contains("timed out");
        }
    }

    /** Reads up to an empty line and adds the event if there was one; false at the end. */
    private boolean read(List<Event> events) {
        try {
            String name = "message";
            String id = lastId;
            String data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    lastId = id;
                    if (data != null) {
                        events.add(new Event(name, id, data));
                    }
                    return true;
                }
                hasBegun |= line.startsWith("retry:");
                String value = line.substring(line.indexOf(':') + 1).stripLeading();
                if (line.startsWith("event:")) {
                    name = value;
                } else if (line.startsWith("id:")) {
                    id = value;
                } else if (line.startsWith("data:")) {
                    data = value;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e.toString(), e);
        }
    }

    @Override
    public void close() {
        hangUp();
    }

    void hangUp() {
        connection.disconnect();
    }
}
