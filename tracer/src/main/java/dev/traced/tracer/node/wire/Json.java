package dev.traced.tracer.node.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How a line becomes JSON, and JSON a line. */
final class Json {
    /** Enough for any message, and few enough that what came can be written out again inside of an answer. */
    private static final int MAX_NESTING = 100;

    /** Numbers are kept as they came, since a {@code msg_id} is repeated. */
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** @throws RefusedException if the line is not a JSON object in UTF-8 */
    static JsonNode read(byte[] line) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            JsonNode json = MAPPER.readTree(text);
            if (!json.isObject()) {
                throw RefusedException.malformed("a message must be a JSON object, was " + Fields.shown(json));
            }
            return json;
        } catch (CharacterCodingException e) {
            throw RefusedException.malformed("a message must be UTF-8");
        } catch (JsonProcessingException e) {
            throw RefusedException.malformed("a message must be JSON: " + reason(e));
        }
    }

    /** Without Jackson's words on where it would show the input, which it does not. */
    private static String reason(JsonProcessingException e) {
        return e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
    }

    static byte[] write(JsonNode json) {
        try {
            // By way of text: half a surrogate pair, which JSON can bring, cannot be written as bytes at once.
            return (MAPPER.writeValueAsString(json) + '\n').getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
