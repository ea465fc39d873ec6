package dev.traced.tracer.instrument.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.h2.engine.CastDataProvider;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** What the program has cast to before it was traced it can cast to still. */
class ProxiedInterfacesTest {
    /** A connection of a driver's own, which knows its superclass and nothing else of H2. */
    public static final class Extended extends JdbcConnection {
        public Extended() throws SQLException {
            super("jdbc:h2:mem:", new Properties(), null, null, false);
        }
    }

    private static final URL H2 =
            JdbcDataSource.class.getProtectionDomain().getCodeSource().getLocation();

    @Test
    void driverThatIsSeen_isWrappedWithAllOfItsInterfaces() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:");

        try (Connection connection =
                TracedDataSource.of(database, OpenTelemetry.noop()).getConnection()) {
            assertThat(connection).isInstanceOf(CastDataProvider.class);
            assertThat(answerOf(connection)).isEqualTo(42);
        }
    }

    /** As in a server, where the driver is nobody's but the program's. */
    @Test
    void driverOfAnotherLoader_isWrappedWithAllOfItsInterfaces() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {H2}, ClassLoader.getPlatformClassLoader())) {
            Driver driver = (Driver) newObject(loader.loadClass("org.h2.Driver"));

            try (Connection connection = traced(() -> driver.connect("jdbc:h2:mem:", new Properties()))) {
                Class<?> theirs = loader.loadClass(CastDataProvider.class.getName());
                assertThat(theirs).isNotEqualTo(CastDataProvider.class);
                assertThat(connection).isInstanceOf(theirs);
                assertThat(answerOf(connection)).isEqualTo(42);
            }
        }
    }

    @Test
    void interfacesThatNoLoaderSeesTogether_giveWayToJdbcs() throws Exception {
        try (URLClassLoader theirs = new URLClassLoader(new URL[] {H2}, ClassLoader.getPlatformClassLoader())) {
            ClassLoader narrow = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
                @Override
                protected Class<?> findClass(String name) throws ClassNotFoundException {
                    if (name.equals(JdbcConnection.class.getName())) {
                        return theirs.loadClass(name);
                    }
                    if (!name.equals(Extended.class.getName())) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] code = codeOf(Extended.class);
                    return defineClass(name, code, 0, code.length);
                }
            };
            Connection extended = (Connection) newObject(narrow.loadClass(Extended.class.getName()));

            try (Connection connection = traced(() -> extended)) {
                assertThat(connection.getClass().getInterfaces())
                        .contains(Connection.class)
                        .doesNotContain(theirs.loadClass(CastDataProvider.class.getName()));
                assertThat(answerOf(connection)).isEqualTo(42);
            }
        }
    }

    private static byte[] codeOf(Class<?> type) {
        try (InputStream code = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return code.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object newObject(Class<?> type) throws ReflectiveOperationException {
        return type.getDeclaredConstructor().newInstance();
    }

    /** What the program gets from a data source that gives it this. */
    private static Connection traced(Callable<Connection> connection) throws SQLException {
        DataSource database = (DataSource) Proxy.newProxyInstance(
                ProxiedInterfacesTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> connection.call());
        return TracedDataSource.of(database, OpenTelemetry.noop()).getConnection();
    }

    private static int answerOf(Connection connection) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 42");
                ResultSet answer = statement.executeQuery()) {
            answer.next();
            return answer.getInt(1);
        }
    }
}
