package dev.traced.query;

import com.google.protobuf.ByteString;
import dev.traced.topics.AttributeText;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;

/**
 * Where logs came from: as much of it as is shown, and of all of it a digest. Two instances of a service are two origins,
 * and so are two versions of a scope.
 */
record LogOrigin(String service, String scope, ByteString digest) {
    /** From an OTLP resource. */
    static LogOrigin ofResource(ByteString resource) {
        String service = LargeMessages.read(resource, Resource.parser(), LogOrigin::service);
        return new LogOrigin(service, "", Sha256.of(resource, ByteString.EMPTY));
    }

    /** From an OTLP scope of this resource. */
    LogOrigin withScope(ByteString instrumentation) {
        String name = LargeMessages.read(instrumentation, InstrumentationScope.parser(), InstrumentationScope::getName);
        return new LogOrigin(service, name, Sha256.of(digest, instrumentation));
    }

    private static String service(Resource resource) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals("service.name")) {
                return AttributeText.of(attribute.getValue());
            }
        }
        return "";
    }

    /** About how many bytes of memory it takes. */
    long size() {
        return Character.BYTES * ((long) service.length() + scope.length());
    }
}
