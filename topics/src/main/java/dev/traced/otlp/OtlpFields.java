package dev.traced.otlp;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Set;

/** What the two directions of the JSON encoding must know of a field. */
final class OtlpFields {
    private static final Set<String> NAMES = Set.of("trace_id", "span_id", "parent_span_id");

    private OtlpFields() {}

    /** Ids are hexadecimal in JSON and not base64 like other bytes. */
    static boolean isId(FieldDescriptor field) {
        return NAMES.contains(field.getName());
    }

    /** Java has no unsigned types. */
    static boolean isUnsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, FIXED32, UINT64, FIXED64 -> true;
            default -> false;
        };
    }
}
