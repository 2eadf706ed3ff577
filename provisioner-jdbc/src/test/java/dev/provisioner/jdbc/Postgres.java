package dev.provisioner.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.testkit.parts.PostgresServer;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A PostgreSQL server, started once for all tests; each asks for a database of its own. */
public final class Postgres implements ParameterResolver {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Server.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Postgres.class))
        .computeIfAbsent(Server.class, type -> Server.start(), Server.class);
  }

  /** The server of the tests. */
  public static final class Server implements AutoCloseable {
    private final PostgresServer server;

    private Server(PostgresServer server) {
      this.server = server;
    }

    private static Server start() {
      try {
        return new Server(PostgresServer.start());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    /** Makes an empty database and returns its address. */
    public String newDatabase() throws SQLException {
      String name = "test" + DATABASES.incrementAndGet();
      try (HikariDataSource pool = Pools.hikari(server.url(), 1)) {
        Sql.execute(pool, "CREATE DATABASE " + name);
      }
      return server.url().replace("/postgres?", "/" + name + "?");
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
