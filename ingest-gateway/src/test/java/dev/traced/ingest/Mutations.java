package dev.traced.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.receive.Received;
import dev.traced.topics.OtlpView;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.SpanDecoder;
import dev.traced.topics.Topics;
import io.opentelemetry.proto.logs.v1.LogsData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Payloads that are nearly right: bytes flipped, cut, doubled, swapped. Each is refused with a reason, or taken; and what is
 * taken can be read back by everyone who reads the topic.
 */
public final class Mutations {
    private static final int MAX_BYTES = 1 << 20;

    private final Random random;
    private final BodyBuffer buffer = new BodyBuffer(MAX_BYTES, new ByteBudget(MAX_BYTES));

    public Mutations(long seed) {
        this.random = new Random(seed);
        System.out.println("seed " + seed);
    }

    /** A decoder under test. */
    public interface Decoder {
        Received<?> read(BodyBuffer body) throws IOException;
    }

    /** @return how many of {@code count} were taken */
    public int run(int count, List<byte[]> originals, Decoder decoder) throws IOException {
        int taken = 0;
        for (int i = 0; i < count; i++) {
            byte[] body = mutated(originals.get(random.nextInt(originals.size())));
            try {
                buffer.readAll(new ByteArrayInputStream(body), () -> {});
                readBack(decoder.read(buffer));
                taken++;
            } catch (InvalidBatchException refused) {
                assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(2_000);
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("fails on " + ByteString.copyFrom(body), e);
            } finally {
                buffer.clear();
            }
        }
        return taken;
    }

    private static void readBack(Received<?> received) throws IOException {
        for (ProducerRecord<byte[], byte[]> record : received.records()) {
            if (record.topic().equals(Topics.LOGS)) {
                assertThat(LogsData.parseFrom(record.value()).getResourceLogsCount())
                        .isPositive();
                continue;
            }
            int spans = 0;
            SpanCursor cursor = new SpanCursor(record.value());
            while (cursor.next()) {
                spans++;
            }
            assertThat(SpanDecoder.decode(record.value())).hasSize(spans);
            assertThat(OtlpView.of(List.of(record.value())).getResourceSpansCount())
                    .isPositive();
        }
    }

    private byte[] mutated(byte[] original) {
        byte[] body = original.clone();
        for (int n = 1 + random.nextInt(4); n > 0 && body.length > 1; n--) {
            int at = random.nextInt(body.length);
            switch (random.nextInt(6)) {
                case 0 -> body[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> body[at] = (byte) random.nextInt(256);
                case 2 -> body = Arrays.copyOf(body, at);
                case 3 -> {
                    int other = random.nextInt(body.length);
                    byte swapped = body[at];
                    body[at] = body[other];
                    body[other] = swapped;
                }
                case 4 -> {
                    int length = Math.min(1 + random.nextInt(32), body.length - at);
                    byte[] doubled = Arrays.copyOf(body, body.length + length);
                    System.arraycopy(body, at, doubled, at + length, body.length - at);
                    body = doubled;
                }
                default -> {
                    int to = at + Math.min(1 + random.nextInt(8), body.length - at);
                    byte[] shorter = Arrays.copyOf(body, body.length - (to - at));
                    System.arraycopy(body, to, shorter, at, body.length - to);
                    body = shorter;
                }
            }
        }
        return body;
    }
}
