package dev.traced.ingest.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Strict UTF-8 (RFC 3629 §4). Jackson decodes overlong forms and surrogates written as three bytes; what it made of them
 * could not be stored as the same text again.
 */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8() {}

    /** Where the first invalid sequence begins; -1 if there is none. Eight bytes at a time while all is ASCII. */
    static int firstInvalid(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            if (at + Long.BYTES <= length && ((long) LONGS.get(bytes, at) & NOT_ASCII) == 0) {
                at += Long.BYTES;
                continue;
            }
            int size = bytes[at] >= 0 ? 1 : sequenceSize(bytes, at, length);
            if (size == 0) {
                return at;
            }
            at += size;
        }
        return -1;
    }

    /** The size of the sequence of two to four bytes at {@code at}; 0 if it is none. */
    private static int sequenceSize(byte[] bytes, int at, int length) {
        int first = bytes[at] & 0xff;
        int size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (size == 0 || at + size > length) {
            return 0;
        }
        int second = bytes[at + 1] & 0xff;
        if (second < lowestSecond(first) || second > highestSecond(first)) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /** Below these a shorter form exists. */
    private static int lowestSecond(int first) {
        return first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    }

    /** Above these lie the surrogates, and what is beyond Unicode. */
    private static int highestSecond(int first) {
        return first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    }
}
