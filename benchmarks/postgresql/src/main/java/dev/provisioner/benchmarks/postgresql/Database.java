package dev.provisioner.benchmarks.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.testkit.parts.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own on the server; gone when it is closed, with all its pools. */
final class Database implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final PostgresServer server;
  private final String name;

  private Database(PostgresServer server, String name) {
    this.server = server;
    this.name = name;
  }

  /** Makes an empty one. What was written before is on disk, so that nobody pays for another. */
  static Database create(PostgresServer server) throws SQLException {
    String name = "bench" + COUNT.incrementAndGet();
    execute(server.url(), "CREATE DATABASE " + name);
    execute(server.url(), "CHECKPOINT");
    return new Database(server, name);
  }

  String url() {
    return server.url().replace("/postgres?", "/" + name + "?");
  }

  HikariDataSource pool(int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(size);
    return new HikariDataSource(config);
  }

  void execute(String sql) throws SQLException {
    execute(url(), sql);
  }

  long number(String sql) throws SQLException {
    return Long.parseLong(text(url(), sql));
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String text(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    execute(server.url(), "DROP DATABASE " + name + " WITH (FORCE)");
  }
}
