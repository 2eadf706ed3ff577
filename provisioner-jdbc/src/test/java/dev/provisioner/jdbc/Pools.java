package dev.provisioner.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.testkit.tcp.TcpFaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;

/** DataSources as hosts have them. */
public final class Pools {
  private Pools() {}

  /** Returns a new database in memory, which is gone when the pool is. */
  public static JdbcConnectionPool h2Memory() {
    return JdbcConnectionPool.create(
        "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
  }

  public static JdbcConnectionPool h2File(Path directory) {
    return JdbcConnectionPool.create(h2Url(directory), "sa", "");
  }

  public static String h2Url(Path directory) {
    return "jdbc:h2:async:" + directory.resolve("state");
  }

  /** Starts a proxy in front of a PostgreSQL server. */
  public static TcpFaultProxy proxy(String url) throws IOException {
    return TcpFaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(url)));
  }

  /**
   * Returns the address through a proxy, which then sees the text of each statement. Without {@code
   * loginTimeout} the driver would wait for ever on a connection that is half open while it is
   * opened.
   */
  public static String through(TcpFaultProxy proxy, String url) {
    return url.replace(":" + port(url) + "/", ":" + proxy.port() + "/")
        + "&prepareThreshold=0&loginTimeout=2";
  }

  private static int port(String url) {
    return URI.create(url.substring("jdbc:".length())).getPort();
  }

  /** Returns a pool of this size, as most hosts have it. */
  public static HikariDataSource hikari(String url, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }
}
