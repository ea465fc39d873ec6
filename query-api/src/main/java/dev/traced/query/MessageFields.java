package dev.traced.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.function.Consumer;

/** The messages in a message, as bytes: each is parsed when its turn comes, if at all. */
final class MessageFields {
    private MessageFields() {}

    /**
     * Those of one field, in order.
     *
     * @throws IllegalArgumentException if the bytes are no message
     */
    static void forEach(ByteString message, int field, Consumer<ByteString> use) {
        int wanted = field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
        try {
            CodedInputStream in = message.newCodedInput();
            in.enableAliasing(true); // what it reads are views of the message
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == wanted) {
                    use.accept(in.readBytes());
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not OTLP: " + e.getMessage(), e);
        }
    }

    /** A field that is there once; of several, all together, which parse as one. */
    static ByteString only(ByteString message, int field) {
        Joined joined = new Joined();
        forEach(message, field, joined::add);
        return joined.bytes;
    }

    private static final class Joined {
        private ByteString bytes = ByteString.EMPTY;

        void add(ByteString more) {
            bytes = bytes.concat(more);
        }
    }
}
