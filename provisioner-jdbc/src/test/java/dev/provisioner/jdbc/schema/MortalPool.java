package dev.provisioner.jdbc.schema;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A DataSource whose connection breaks just before or just after its n-th statement or commit, and
 * which then gives no other.
 */
final class MortalPool {
  private static final Set<String> CALLS = Set.of("execute", "executeQuery", "commit");

  private final DataSource pool;
  private final int at;
  private final boolean carriedOut;
  private final AtomicInteger calls = new AtomicInteger();

  /** Creates it; 0 never breaks. */
  MortalPool(DataSource pool, int at, boolean carriedOut) {
    this.pool = pool;
    this.at = at;
    this.carriedOut = carriedOut;
  }

  int calls() {
    return calls.get();
  }

  DataSource dataSource() {
    return wrap(DataSource.class, pool, null);
  }

  private <T> T wrap(Class<T> type, T real, @Nullable Connection of) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          boolean breaks = CALLS.contains(method.getName()) && calls.incrementAndGet() == at;
          if (breaks && !carriedOut) {
            throw broken(of);
          }
          if (at > 0 && calls.get() >= at && type == DataSource.class) {
            throw broken(null);
          }
          Object result;
          try {
            result = method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
          if (breaks) {
            throw broken(of);
          }
          if (result instanceof Connection connection) {
            return wrap(Connection.class, connection, connection);
          }
          if (result instanceof PreparedStatement statement) {
            return wrap(PreparedStatement.class, statement, of);
          }
          return result instanceof Statement statement
              ? wrap(Statement.class, statement, of)
              : result;
        };
    return type.cast(
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static SQLException broken(@Nullable Connection connection) throws SQLException {
    if (connection != null) {
      connection.abort(Runnable::run);
    }
    return new SQLException("the connection broke", "08006");
  }
}
