package dev.provisioner.jdbc.queue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/** A database that a node can be cut off from, as one that is stopped or loses its network. */
final class Severed {
  private final DataSource behind;
  private volatile boolean cut;

  Severed(DataSource behind) {
    this.behind = behind;
  }

  void cut(boolean whether) {
    cut = whether;
  }

  DataSource dataSource() {
    return guarded(DataSource.class, behind, () -> cut);
  }

  private static <T> T guarded(Class<T> type, T behind, BooleanSupplier cut) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (cut.getAsBoolean() && !method.getName().equals("close")) {
                throw new SQLException("The network is gone.", "08006");
              }
              try {
                Object answer = method.invoke(behind, arguments);
                return answer instanceof Connection connection
                    ? guarded(Connection.class, connection, cut)
                    : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            }));
  }
}
