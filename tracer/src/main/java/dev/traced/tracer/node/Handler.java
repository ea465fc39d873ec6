package dev.traced.tracer.node;

import dev.traced.tracer.node.wire.Message;

/** Does what messages of one type ask for, and answers them. */
@FunctionalInterface
interface Handler {
    /** @throws dev.traced.tracer.node.wire.RefusedException if that cannot be done; nothing has been answered then */
    void handle(Message message);
}
