package dev.traced.tracer.demo.shop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Another service of the shop: JSON over HTTP. */
final class Peer {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final HttpClient http;
    private final URI address;

    Peer(HttpClient http, URI address) {
        this.http = http;
        this.address = address;
    }

    <T> T get(String path, Class<T> type) {
        return read(call("GET", path, BodyPublishers.noBody()), type);
    }

    <T> T post(String path, Object body, Class<T> type) {
        return read(call("POST", path, BodyPublishers.ofString(json(body))), type);
    }

    void put(String path, Object body) {
        call("PUT", path, BodyPublishers.ofString(json(body)));
    }

    void delete(String path) {
        call("DELETE", path, BodyPublishers.noBody());
    }

    private String call(String method, String path, BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(ANSWER_WITHIN)
                .header("Content-Type", "application/json")
                .method(method, body)
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() >= 400) {
                throw new Refused(method + " " + path, answer.statusCode(), answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + address.resolve(path), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at " + method + " " + path, e);
        }
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T read(String json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The peer answered with a status of 400 or above. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int status;

        Refused(String call, int status, String reason) {
            super(call + " answered " + status + ": " + reason);
            this.status = status;
        }

        int status() {
            return status;
        }
    }
}
