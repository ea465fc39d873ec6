package dev.traced.tracer.instrument;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.time.Duration;

/** How a client ends. Clients can from JDK 21 on, and we compile for 17: so its methods are called by name. */
final class ClientLifecycle {
    private ClientLifecycle() {}

    /** @param method one without arguments that throws nothing checked */
    static Object call(HttpClient client, String method) {
        try {
            return invoke(client, HttpClient.class.getMethod(method));
        } catch (ReflectiveOperationException | InterruptedException e) {
            throw new UnsupportedOperationException(method, e);
        }
    }

    static boolean awaitTermination(HttpClient client, Duration limit) throws InterruptedException {
        try {
            return (Boolean) invoke(client, HttpClient.class.getMethod("awaitTermination", Duration.class), limit);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("awaitTermination", e);
        }
    }

    private static Object invoke(HttpClient client, Method method, Object... arguments)
            throws ReflectiveOperationException, InterruptedException {
        try {
            return method.invoke(client, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw e;
        }
    }
}
