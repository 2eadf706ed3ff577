package dev.provisioner.jdbc.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A DataSource for somebody who waits for answers without a limit, as db-scheduler does: its
 * connections give up on a server that has vanished, and go back as they came.
 */
public final class LimitedDataSource implements InvocationHandler {
  private final DataSource dataSource;
  private final Connections limits;

  private LimitedDataSource(DataSource dataSource, Connections limits) {
    this.dataSource = dataSource;
    this.limits = limits;
  }

  /** Limits the connections of a DataSource as these are. */
  public static DataSource of(DataSource dataSource, Connections limits) {
    return proxy(DataSource.class, new LimitedDataSource(dataSource, limits));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object answer = call(dataSource, method, arguments);
    return answer instanceof Connection connection ? limited(connection) : answer;
  }

  private Connection limited(Connection connection) throws SQLException {
    int before;
    try {
      before = limits.limitPatience(connection);
    } catch (SQLException | RuntimeException e) {
      Connections.quietly("close", connection::close);
      throw e;
    }
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          if (before >= 0 && method.getName().equals("close")) {
            Connections.restorePatience(connection, before);
          }
          return call(connection, method, arguments);
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    Class<?>[] types = {type};
    return type.cast(
        Proxy.newProxyInstance(LimitedDataSource.class.getClassLoader(), types, handler));
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
