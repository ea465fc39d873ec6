package dev.traced.tracer.demo.shop;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import org.h2.jdbcx.JdbcConnectionPool;

/** What a service finds around it: its telemetry, its peers, its database. */
record Surroundings(Arguments arguments, Telemetry telemetry, HttpClient http, JdbcConnectionPool connections)
        implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);

    static Surroundings of(Member member, Arguments arguments) {
        URI endpoint = member == Member.REVIEWS ? null : arguments.endpoint();
        Telemetry telemetry = endpoint == null ? Telemetry.none() : Telemetry.to(member.service(), endpoint);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_WITHIN)
                .build();
        JdbcConnectionPool connections = JdbcConnectionPool.create("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1", "", "");
        return new Surroundings(arguments, telemetry, telemetry.wrap(http), connections);
    }

    Database database() {
        return new Database(connections, telemetry.wrap(connections));
    }

    Peer peer(Member member) {
        return new Peer(http, arguments.uri(member.service()));
    }

    String kafka() {
        return arguments.text("kafka");
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
