package dev.traced.tracer.instrument.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The interfaces of a class that a proxy for its objects can have: all that anybody could cast them to. */
final class ProxiedInterfaces {
    private static final ClassValue<ProxiedInterfaces> KNOWN = new ClassValue<>() {
        @Override
        protected ProxiedInterfaces computeValue(Class<?> of) {
            return lookUp(of);
        }
    };

    private final @Nullable ClassLoader loader;
    private final Class<?>[] interfaces;

    private ProxiedInterfaces(@Nullable ClassLoader loader, List<Class<?>> interfaces) {
        this.loader = loader;
        this.interfaces = interfaces.toArray(Class<?>[]::new);
    }

    static ProxiedInterfaces of(Class<?> proxied) {
        return KNOWN.get(proxied);
    }

    private static ProxiedInterfaces lookUp(Class<?> proxied) {
        List<Class<?>> all = new ArrayList<>();
        for (Class<?> declares = proxied; declares != null; declares = declares.getSuperclass()) {
            collect(declares.getInterfaces(), all);
        }
        ProxiedInterfaces found = new ProxiedInterfaces(proxied.getClassLoader(), all);
        try {
            found.proxy((proxy, method, arguments) -> null);
            return found;
        } catch (IllegalArgumentException e) {
            // Some of them cannot be together, or are not seen from there: then what JDBC asks for has to do.
            return new ProxiedInterfaces(
                    proxied.getClassLoader(),
                    all.stream().filter(ProxiedInterfaces::isOfJdbc).toList());
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

    Object proxy(InvocationHandler handler) {
        return Proxy.newProxyInstance(loader, interfaces, handler);
    }
}
