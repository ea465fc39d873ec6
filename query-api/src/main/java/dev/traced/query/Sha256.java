package dev.traced.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest of bytes. */
final class Sha256 {
    private Sha256() {}

    /** Of one and the other as if they were one. */
    static ByteString of(ByteString first, ByteString second) {
        MessageDigest digest = digest();
        digest.update(first.asReadOnlyByteBuffer());
        digest.update(second.asReadOnlyByteBuffer());
        return UnsafeByteOperations.unsafeWrap(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }
}
