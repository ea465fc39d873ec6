package dev.traced.otlp;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Set;

/** Which fields are ids: in JSON they are hexadecimal and not base64 like other bytes. */
final class OtlpIds {
    private static final Set<String> NAMES = Set.of("trace_id", "span_id", "parent_span_id");

    private OtlpIds() {}

    static boolean isId(FieldDescriptor field) {
        return NAMES.contains(field.getName());
    }
}
