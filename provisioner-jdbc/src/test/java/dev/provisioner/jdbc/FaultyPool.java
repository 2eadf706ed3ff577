package dev.provisioner.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** A DataSource whose calls fail once, before or after they have been carried out. */
final class FaultyPool {
  private final DataSource pool;
  private final AtomicReference<String> failing = new AtomicReference<>("");
  private volatile boolean carriedOut;
  private volatile boolean sawInterrupt;

  FaultyPool(DataSource pool) {
    this.pool = pool;
  }

  /** Has the next call of a method fail, named as in {@code Connection.commit}. */
  void failNext(String method, boolean afterwards) {
    carriedOut = afterwards;
    failing.set(method);
  }

  /** Returns whether a thread ever called while it was interrupted. */
  boolean sawInterrupt() {
    return sawInterrupt;
  }

  DataSource dataSource() {
    return wrap(DataSource.class, pool);
  }

  private <T> T wrap(Class<T> type, T real) {
    InvocationHandler calls =
        (proxy, method, arguments) -> {
          sawInterrupt |= Thread.currentThread().isInterrupted();
          boolean fails = (type.getSimpleName() + "." + method.getName()).equals(failing.get());
          if (fails) {
            failing.set("");
          }
          if (fails && !carriedOut) {
            throw new SQLException("cut", "08006");
          }
          Object result;
          try {
            result = method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
          if (fails) {
            throw new SQLException("cut", "08006");
          }
          return result instanceof Connection connection
              ? wrap(Connection.class, connection)
              : result instanceof PreparedStatement statement
                  ? wrap(PreparedStatement.class, statement)
                  : result;
        };
    return type.cast(
        Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, calls));
  }
}
