package dev.traced.tracer.instrument.jdbc;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The interfaces of a class that a proxy for its objects can have: all that anybody could cast them to. */
abstract class ProxiedInterfaces {
    private static final ClassValue<ProxiedInterfaces> KNOWN = new ClassValue<>() {
        @Override
        protected ProxiedInterfaces computeValue(Class<?> proxied) {
            return lookUp(proxied);
        }
    };

    static ProxiedInterfaces of(Class<?> proxied) {
        return KNOWN.get(proxied);
    }

    abstract Object proxy(InvocationHandler handler);

    private static ProxiedInterfaces lookUp(Class<?> proxied) {
        List<Class<?>> all = new ArrayList<>();
        for (Class<?> declares = proxied; declares != null; declares = declares.getSuperclass()) {
            collect(declares.getInterfaces(), all);
        }
        try {
            return new OfThisPackage(all);
        } catch (IllegalArgumentException seenOnlyFromThere) {
            try {
                return new OfTheDriver(proxied.getClassLoader(), all);
            } catch (IllegalArgumentException cannotBeTogether) {
                // Then what JDBC asks for has to do.
                return new OfThisPackage(
                        all.stream().filter(ProxiedInterfaces::isOfJdbc).toList());
            }
        }
    }

    /** In place of one that we must not call those that it extends. */
    private static void collect(Class<?>[] interfaces, List<Class<?>> all) {
        for (Class<?> each : interfaces) {
            boolean isOpen =
                    Modifier.isPublic(each.getModifiers()) && each.getModule().isExported(each.getPackageName());
            if (!isOpen) {
                collect(each.getInterfaces(), all);
            } else if (all.stream().noneMatch(each::isAssignableFrom)) {
                all.add(each);
            }
        }
    }

    static boolean isOfJdbc(Class<?> type) {
        return type.getPackageName().equals("java.sql") || type.getPackageName().equals("javax.sql");
    }

    /**
     * With this interface, which nobody else sees, a class of proxies is one of this package ({@link Proxy}, "Package and Module
     * Membership"), and its constructor one that we may call. Else {@link Proxy} looks the class up by all of its interfaces for
     * each proxy, which took longer than all else that a proxy does.
     */
    private interface Here {}

    private static final class OfThisPackage extends ProxiedInterfaces {
        private final Constructor<?> constructor;

        /** @throws IllegalArgumentException if they are not seen from here, or cannot be together */
        OfThisPackage(List<Class<?>> interfaces) {
            Class<?>[] with =
                    Stream.concat(interfaces.stream(), Stream.of(Here.class)).toArray(Class<?>[]::new);
            Object first =
                    Proxy.newProxyInstance(Here.class.getClassLoader(), with, (proxy, method, arguments) -> null);
            try {
                constructor = first.getClass().getConstructor(InvocationHandler.class);
                constructor.setAccessible(true); // it is: else each call looks who calls
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e); // proxies have it, says Proxy
            }
        }

        @Override
        Object proxy(InvocationHandler handler) {
            try {
                return constructor.newInstance(handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A driver in a class loader that this one does not know, as servers have it. */
    private static final class OfTheDriver extends ProxiedInterfaces {
        private final @Nullable ClassLoader loader;
        private final Class<?>[] interfaces;

        /** @throws IllegalArgumentException if they cannot be together */
        OfTheDriver(@Nullable ClassLoader loader, List<Class<?>> interfaces) {
            this.loader = loader;
            this.interfaces = interfaces.toArray(Class<?>[]::new);
            proxy((proxy, method, arguments) -> null);
        }

        @Override
        Object proxy(InvocationHandler handler) {
            return Proxy.newProxyInstance(loader, interfaces, handler);
        }
    }
}
