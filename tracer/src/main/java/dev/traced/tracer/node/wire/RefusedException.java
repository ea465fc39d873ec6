package dev.traced.tracer.node.wire;

/** A message that cannot be done. Its text names the field and the value, and goes to the sender with the code. */
public final class RefusedException extends RuntimeException {
    private final Code code;

    /**
     * Why a message is refused, with the numbers of Maelstrom.
     *
     * @see <a href="https://github.com/jepsen-io/maelstrom/blob/main/doc/protocol.md#errors">Maelstrom: errors</a>
     */
    public enum Code {
        /** A type that the node does not know. */
        NOT_SUPPORTED(10),
        /** There is no room for it now. */
        TEMPORARILY_UNAVAILABLE(11),
        /** No JSON, a field that is missing or wrong. */
        MALFORMED_REQUEST(12),
        /** The node's own fault. */
        CRASH(13),
        /** A span that is not there. */
        KEY_DOES_NOT_EXIST(20),
        /** A span that has ended. */
        PRECONDITION_FAILED(22);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    public RefusedException(Code code, String text) {
        super(text, null, false, false);
        this.code = code;
    }

    /** Of a field that is missing or wrong. */
    static RefusedException malformed(String text) {
        return new RefusedException(Code.MALFORMED_REQUEST, text);
    }

    public Code code() {
        return code;
    }
}
