package dev.traced.tracer.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A talk with a node. In what is said and compared a ' stands for ", so that it can be read. */
final class Talk {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BYTES = 64 << 20;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Node node;

    Talk() {
        this(BYTES);
    }

    Talk(long bytes) {
        node = new Node(out, bytes);
    }

    /** Says one line, and returns the answers. */
    List<String> say(String line) {
        node.line(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return answers();
    }

    /** Input is quiet. */
    List<String> quiet() {
        node.quiet();
        return answers();
    }

    private List<String> answers() {
        List<String> answers =
                out.toString(StandardCharsets.UTF_8).replace('"', '\'').lines().toList();
        out.reset();
        return answers;
    }

    /** A whole run of the node, from the first byte to the end of its input. */
    static List<String> run(byte[] input) {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try {
            NodeLoop.run(new ByteArrayInputStream(input), answers, Duration.ofMinutes(10), BYTES);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return answers.toString(StandardCharsets.UTF_8).lines().toList();
    }

    static JsonNode json(String line) {
        try {
            return JSON.readTree(line.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
