package dev.traced.tracer.sidecar;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A client without manners. */
final class RawClient extends Wire {
    RawClient(int port) throws IOException {
        super(new Socket(InetAddress.getLoopbackAddress(), port));
    }
}
