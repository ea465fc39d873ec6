package dev.traced.tracer.instrument.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * What stands for one of JDBC's objects towards the program: it is and does what that object does, but for the few methods that
 * matter here. These are told by their names in a switch, which costs less than a map of methods, and keeps no driver's classes.
 */
abstract class JdbcProxy<T extends Wrapper> implements InvocationHandler {
    private final T target;

    JdbcProxy(T target) {
        this.target = target;
    }

    /** The driver's, or the pool's own. */
    final T target() {
        return target;
    }

    /** What the program gets: it has all interfaces that the target has. */
    final Object proxy() {
        return ProxiedInterfaces.of(target.getClass()).proxy(this);
    }

    @Override
    public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (arguments != null && arguments.length == 1) {
            Object argument = arguments[0];
            switch (method.getName()) {
                case "equals" -> {
                    return isSame(proxy, argument);
                }
                case "unwrap" -> {
                    return argument instanceof Class<?> wanted ? unwrap(proxy, wanted) : callTarget(method, arguments);
                }
                case "isWrapperFor" -> {
                    return argument instanceof Class<?> wanted && wanted.isInstance(target)
                            ? true
                            : callTarget(method, arguments);
                }
                default -> {}
            }
        }
        return call(proxy, method, arguments);
    }

    /** Any method but those that are the same for all of JDBC's objects. */
    abstract @Nullable Object call(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable;

    /** What the target itself does; throws what it throws. */
    final @Nullable Object callTarget(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        // Else each call walks the stack to see who calls; after the first it is a look at a flag.
        method.trySetAccessible();
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private boolean isSame(Object proxy, @Nullable Object other) {
        return proxy == other
                || (other != null
                        && Proxy.isProxyClass(other.getClass())
                        && Proxy.getInvocationHandler(other) instanceof JdbcProxy<?> known
                        && target.equals(known.target));
    }

    /** What is JDBC's is to be had traced; what only the driver or the pool has is its own. */
    private @Nullable Object unwrap(Object proxy, Class<?> wanted) throws SQLException {
        if (ProxiedInterfaces.isOfJdbc(wanted) && wanted.isInstance(proxy)) {
            return proxy;
        }
        return wanted.isInstance(target) ? target : target.unwrap(wanted);
    }
}
