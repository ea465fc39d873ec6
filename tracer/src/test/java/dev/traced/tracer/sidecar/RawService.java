package dev.traced.tracer.sidecar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A service that does with each connection what a test says, on a thread of its own. */
final class RawService implements AutoCloseable {
    interface Script {
        void run(Wire connection) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final List<String> heads = new CopyOnWriteArrayList<>();

    private RawService(Script script) throws IOException {
        this.script = script;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    static RawService running(Script script) throws IOException {
        return new RawService(script);
    }

    /** Gives this answer to each request without a body, and keeps what their heads were. */
    static RawService answering(String answer) throws IOException {
        RawService[] service = new RawService[1];
        RawService made = new RawService(connection -> {
            String head;
            while (!(head = connection.head()).isEmpty()) {
                service[0].heads.add(head);
                connection.send(answer);
            }
        });
        service[0] = made;
        return made;
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return sockets.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (Wire connection = new Wire(socket)) {
            script.run(connection);
        } catch (IOException gone) {
            // the sidecar has closed it, which a test sees on its other side
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "raw service");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
