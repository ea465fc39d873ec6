package dev.traced.tracer.demo.shop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

/** Receipts that the payment service has signed. Any thread may sign. */
final class Receipts {
    private final KeyPair keys;

    /** @param signature of order and code, by ECDSA, in Base64 */
    record Receipt(String order, String code, String signature) {}

    Receipts() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no elliptic curves", e);
        }
    }

    Receipt sign(String order, String code) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update((order + code).getBytes(StandardCharsets.UTF_8));
            return new Receipt(order, code, Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign the receipt of order " + order, e);
        }
    }
}
