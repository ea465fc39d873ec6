package dev.traced.topics;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the text in a message UTF-8: what is not is replaced by U+FFFD, everything else stays. Only what was written past
 * the gateway needs it, and no parser takes it before.
 */
final class WellFormedText {
    /** As deep as a parser goes. */
    private static final int MAX_DEPTH = 100;

    private WellFormedText() {}

    /** @throws InvalidProtocolBufferException if the bytes are no message at all */
    static ByteString in(ByteString message, Descriptor type) throws InvalidProtocolBufferException {
        return in(message, type, 0);
    }

    private static ByteString in(ByteString message, Descriptor type, int depth) throws InvalidProtocolBufferException {
        UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
        for (Map.Entry<Integer, UnknownFieldSet.Field> field :
                UnknownFieldSet.parseFrom(message).asMap().entrySet()) {
            FieldDescriptor known = type.findFieldByNumber(field.getKey());
            boolean hasText = isText(known) || (isMessage(known) && depth < MAX_DEPTH);
            fields.addField(
                    field.getKey(),
                    hasText && known != null ? wellFormed(field.getValue(), known, depth) : field.getValue());
        }
        return fields.build().toByteString();
    }

    private static UnknownFieldSet.Field wellFormed(UnknownFieldSet.Field field, FieldDescriptor known, int depth)
            throws InvalidProtocolBufferException {
        UnknownFieldSet.Field.Builder values = UnknownFieldSet.Field.newBuilder();
        for (ByteString value : field.getLengthDelimitedList()) {
            values.addLengthDelimited(
                    isText(known)
                            ? ByteString.copyFromUtf8(value.toStringUtf8())
                            : in(value, known.getMessageType(), depth + 1));
        }
        return values.build();
    }

    private static boolean isText(@Nullable FieldDescriptor field) {
        return field != null && field.getType() == FieldDescriptor.Type.STRING;
    }

    private static boolean isMessage(@Nullable FieldDescriptor field) {
        return field != null && field.getType() == FieldDescriptor.Type.MESSAGE;
    }
}
