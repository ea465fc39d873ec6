package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.traced.model.TraitSample;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** What is different about traces as JSON. */
final class DifferencesJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int DECIMALS = 6;

    private DifferencesJson() {}

    /**
     * {@code {"selected":{"total","sampled"},"rest":{"total","sampled"},"differences":[{"scope","service","key","value",
     * "selected":{"traces","share"},"rest":{"traces","share"},"difference"}]}}; behind them {@code "traits_left_out":true}
     * where it is so.
     */
    static void write(Differences differences, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            write("selected", differences.selected(), json);
            write("rest", differences.rest(), json);
            json.writeArrayFieldStart("differences");
            for (Differences.Row row : differences.rows()) {
                json.writeStartObject();
                json.writeStringField("scope", row.trait().scope().text());
                json.writeStringField("service", row.trait().service()); // null if it is
                json.writeStringField("key", row.trait().key());
                json.writeStringField("value", row.trait().value());
                write("selected", row.selected(), json);
                write("rest", row.rest(), json);
                json.writeNumberField("difference", rounded(row.difference()));
                json.writeEndObject();
            }
            json.writeEndArray();
            if (differences.areTraitsLeftOut()) {
                json.writeBooleanField("traits_left_out", true);
            }
            json.writeEndObject();
        }
    }

    private static void write(String name, TraitSample.Side side, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("total", side.total());
        json.writeNumberField("sampled", side.sampled());
        json.writeEndObject();
    }

    private static void write(String name, Differences.Part part, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("traces", part.traces());
        json.writeNumberField("share", rounded(part.share()));
        json.writeEndObject();
    }

    private static BigDecimal rounded(double share) {
        BigDecimal rounded = BigDecimal.valueOf(share)
                .setScale(DECIMALS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }
}
