package dev.traced.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.Quoted;
import dev.traced.otlp.OtlpJsonException;
import dev.traced.otlp.OtlpJsonReader;
import dev.traced.otlp.OtlpJsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two encodings of OTLP over HTTP; an answer has that of its request. */
enum OtlpEncoding {
    PROTOBUF("application/x-protobuf"),
    JSON("application/json");

    /** What a resource or an attribute holds may be long; a body has its own limit. */
    private static final int MAX_TEXT_CHARS = 1 << 20;

    private static final int MAX_NUMBER_CHARS = 64;
    private static final int MAX_DEPTH = 400;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT_CHARS)
                    .maxNumberLength(MAX_NUMBER_CHARS)
                    .build())
            .build();

    final String contentType;

    OtlpEncoding(String contentType) {
        this.contentType = contentType;
    }

    /** @throws HttpProblem 415 if it is neither */
    static OtlpEncoding of(@Nullable String contentType) {
        String type =
                contentType == null ? "" : contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        for (OtlpEncoding encoding : values()) {
            if (encoding.contentType.equals(type)) {
                return encoding;
            }
        }
        throw new HttpProblem(
                415,
                "Content-Type must be application/x-protobuf or application/json, was "
                        + (contentType == null ? "absent" : Quoted.text(contentType)));
    }

    /**
     * Reads a body into {@code message}.
     *
     * @throws InvalidBatchException if the body is not such a message
     */
    void read(BodyBuffer body, Message.Builder message) throws IOException {
        if (this == PROTOBUF) {
            try {
                message.mergeFrom(CodedInputStream.newInstance(body.bytes(), 0, body.length()));
            } catch (InvalidProtocolBufferException e) {
                throw new InvalidBatchException(
                        "the body is not " + message.getDescriptorForType().getFullName() + ": " + e.getMessage());
            }
            return;
        }
        try (JsonParser json = FACTORY.createParser(body.bytes(), 0, body.length())) {
            OtlpJsonReader.read(json, message);
        } catch (OtlpJsonException e) {
            throw new InvalidBatchException(String.valueOf(e.getMessage()));
        }
    }

    byte[] write(Message message) {
        if (this == PROTOBUF) {
            return message.toByteArray();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            OtlpJsonWriter.write(message, json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }
}
