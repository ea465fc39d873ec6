package dev.traced.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.Quoted;
import dev.traced.otlp.OtlpJsonException;
import dev.traced.otlp.OtlpJsonReader;
import dev.traced.otlp.OtlpJsonWriter;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two encodings of OTLP over HTTP; an answer has that of its request. */
enum OtlpEncoding {
    PROTOBUF("application/x-protobuf"),
    JSON("application/json");

    /** A body has its own limit, and a span too: one that is too large is left out, and not the batch. */
    private static final int MAX_TEXT_CHARS = Integer.MAX_VALUE;

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

    /** What is made of a message that was read. */
    interface Use<B, T> {
        T of(B message) throws IOException;
    }

    /**
     * Reads a body into {@code message} and makes something of it.
     *
     * @throws InvalidBatchException if the body is not such a message
     * @throws dev.traced.ingest.body.TooLargeException if it holds too many messages
     */
    <B extends Message.Builder, T> T read(BodyBuffer body, B message, Use<B, T> use) throws IOException {
        int messages = this == PROTOBUF
                ? MessageCount.protobuf(body.bytes(), body.length(), message.getDescriptorForType())
                : MessageCount.json(body.bytes(), body.length());
        return MessageCount.bounded(messages, () -> {
            merge(body, message);
            return use.of(message);
        });
    }

    private void merge(BodyBuffer body, Message.Builder message) {
        try {
            if (this == PROTOBUF) {
                message.mergeFrom(CodedInputStream.newInstance(body.bytes(), 0, body.length()));
                return;
            }
            try (JsonParser json = FACTORY.createParser(body.bytes(), 0, body.length())) {
                OtlpJsonReader.read(json, message);
            }
        } catch (OtlpJsonException e) {
            throw new InvalidBatchException(String.valueOf(e.getMessage()));
        } catch (IOException e) { // of the encoding: the body is in memory
            throw new InvalidBatchException(
                    "the body is not " + message.getDescriptorForType().getFullName() + ": " + e.getMessage());
        }
    }

    /** Answers in this encoding; exporters compare the type as a whole, so there is no charset in it. */
    void answer(Context ctx, int status, Message message) {
        ctx.status(status).result(write(message));
        ctx.res().setContentType(contentType);
        ctx.res().setCharacterEncoding((String) null);
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
