package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LargeMessagesTest {
    private static final Parser<LogRecord> PARSER = LogRecord.parser();

    @Test
    void largeMessages_areReadOneAtATime_andSmallOnesBesides() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(
                () -> LargeMessages.read(log("x".repeat(LargeMessages.LARGE_BYTES)), PARSER, log -> {
                    reading.countDown();
                    return wait(read);
                }));
        reading.await();
        CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() ->
                LargeMessages.read(log("x".repeat(LargeMessages.LARGE_BYTES)), PARSER, log -> read.getCount() == 0));

        assertThat(LargeMessages.<LogRecord, String, RuntimeException>read(
                        log("small"), PARSER, LogRecord::getEventName))
                .isEqualTo("small");
        assertThatThrownBy(() -> second.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        read.countDown();
        assertThat(first.join()).isTrue();
        assertThat(second.join()).isTrue();
    }

    private static boolean wait(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteString log(String eventName) {
        return LogRecord.newBuilder().setEventName(eventName).build().toByteString();
    }
}
