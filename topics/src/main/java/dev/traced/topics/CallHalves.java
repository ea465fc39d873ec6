package dev.traced.topics;

import dev.traced.model.SpanId;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the two halves of a call are shown that share one span id: the server's as a span below the client's, under an id
 * that is derived from the shared one and so always the same. Children name the shared id whichever half is meant: those of
 * the client's service are the client's, all others the server's. If only one half is there it is shown as it is.
 */
public final class CallHalves {
    private final Function<SpanId, @Nullable String> serviceOf;

    /** @param serviceOf the service of the span with that identity ({@link SpanId#serverHalf}); null if there is none */
    public CallHalves(Function<SpanId, @Nullable String> serviceOf) {
        this.serviceOf = serviceOf;
    }

    /** The id to show for the span with this identity. */
    public SpanId shownId(SpanId identity) {
        boolean isBesideClient = identity.isServerHalf() && serviceOf.apply(identity.sharedId()) != null;
        return isBesideClient ? new SpanId(0, identity.to64Bits()) : identity.sharedId();
    }

    /**
     * The parent to show for the span with this identity.
     *
     * @param parent as sent
     * @param service of the span
     */
    public @Nullable SpanId shownParent(SpanId identity, @Nullable SpanId parent, Supplier<String> service) {
        if (identity.isServerHalf() && serviceOf.apply(identity.sharedId()) != null) {
            return identity.sharedId();
        }
        if (parent == null || parent.high() != 0) {
            return parent;
        }
        String server = serviceOf.apply(parent.serverHalf());
        String client = server == null ? null : serviceOf.apply(parent);
        if (server == null || client == null) {
            return parent;
        }
        String own = service.get();
        boolean isOfClient = own.equals(client) && !own.equals(server);
        return isOfClient ? parent : new SpanId(0, parent.serverHalf().to64Bits());
    }
}
