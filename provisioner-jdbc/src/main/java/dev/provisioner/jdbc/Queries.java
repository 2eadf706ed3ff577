package dev.provisioner.jdbc;

import dev.provisioner.jdbc.internal.SqlState;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore.Listed;
import dev.provisioner.state.StateStore.Page;
import dev.provisioner.state.StateStore.Query;
import dev.provisioner.state.StateStore.Versioned;
import dev.provisioner.state.Summary;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is read. */
final class Queries {
  private static final String SUMMARY = "lifecycle, run_status, plan_version, due_at, updated_at";
  private static final String LISTED = "SELECT installation, plan, tenant, " + SUMMARY;

  private static final Logger LOG = LoggerFactory.getLogger(JdbcStateStore.class);

  /** Those that were logged; not again at every search. */
  private final Set<String> passedOver = ConcurrentHashMap.newKeySet();

  private final Database database;
  private final String table;

  Queries(Database database, Tables tables) {
    this.database = database;
    this.table = " FROM " + tables.state();
  }

  Optional<Versioned> read(Connection connection, DocumentKey key) throws SQLException {
    String sql =
        "SELECT revision, document, "
            + SUMMARY
            + table
            + " WHERE installation = ? AND plan = ? AND tenant = ?";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      database.setKeyPart(statement, 1, key.installation());
      database.setKeyPart(statement, 2, key.plan());
      database.setKeyPart(statement, 3, key.tenant().value());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        StateDocument document =
            new StateDocument(row.getBytes("document"), summary(row, key.toString()));
        String revision = row.getObject("revision", UUID.class).toString();
        return Optional.of(new Versioned(document, revision));
      }
    }
  }

  List<Listed> due(Connection connection, String installation, Instant until, int limit)
      throws SQLException {
    String sql =
        LISTED
            + table
            + " WHERE installation = ? AND due_at <= ? ORDER BY installation, due_at LIMIT ?";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      database.setKeyPart(statement, 1, installation);
      statement.setLong(2, Times.floor(until));
      statement.setInt(3, limit);
      try (ResultSet row = statement.executeQuery()) {
        return passingOver(row);
      }
    }
  }

  /** A document that cannot be read must not keep the others from being looked after. */
  private List<Listed> passingOver(ResultSet row) throws SQLException {
    List<Listed> found = new ArrayList<>();
    UnreadableException unreadable = null;
    while (row.next()) {
      try {
        found.add(listed(row));
      } catch (UnreadableException e) {
        unreadable = e;
        if (passedOver.add(String.valueOf(e.getMessage()))) {
          LOG.error("Passed over a document that is due: {}.", e.getMessage());
        }
      }
    }
    if (found.isEmpty() && unreadable != null) {
      throw unreadable;
    }
    return found;
  }

  Page page(Connection connection, Query query, @Nullable KeyCursor after, int limit)
      throws SQLException {
    // One more than wanted tells whether there is a next page.
    List<Listed> found = new ArrayList<>();
    if (after == null) {
      found.addAll(range(connection, query, query.plan(), null, null, limit + 1));
    } else {
      // First the rest of the last page's plan, then the plans after it: each a range of the key.
      found.addAll(range(connection, query, after.plan(), after.tenant(), null, limit + 1));
      if (query.plan() == null && found.size() <= limit) {
        int room = limit + 1 - found.size();
        found.addAll(range(connection, query, null, null, after.plan(), room));
      }
    }
    return found.size() <= limit
        ? new Page(found, null)
        : new Page(found.subList(0, limit), KeyCursor.after(found.get(limit - 1).key()));
  }

  private List<Listed> range(
      Connection connection,
      Query query,
      @Nullable String plan,
      @Nullable String afterTenant,
      @Nullable String afterPlan,
      int limit)
      throws SQLException {
    List<String> key = new ArrayList<>(List.of(query.installation()));
    List<String> status = new ArrayList<>();
    StringBuilder sql = new StringBuilder(LISTED + table + " WHERE installation = ?");
    restrict(sql, " AND plan = ?", plan, key);
    restrict(sql, " AND plan > ?", afterPlan, key);
    restrict(sql, " AND tenant > ?", afterTenant, key);
    restrict(sql, " AND lifecycle = ?", query.lifecycle(), status);
    restrict(sql, " AND run_status = ?", query.run(), status);
    sql.append(" ORDER BY installation, plan, tenant LIMIT ?");
    try (PreparedStatement statement = database.prepare(connection, sql.toString())) {
      int index = 1;
      for (String part : key) {
        database.setKeyPart(statement, index++, part);
      }
      for (String name : status) {
        statement.setString(index++, name);
      }
      statement.setInt(index, limit);
      List<Listed> found = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(listed(row));
        }
      }
      return found;
    }
  }

  private static void restrict(
      StringBuilder sql, String condition, @Nullable Object value, List<String> parameters) {
    if (value != null) {
      sql.append(condition);
      parameters.add(value.toString());
    }
  }

  private Listed listed(ResultSet row) throws SQLException {
    String installation = database.keyPart(row, "installation");
    String plan = database.keyPart(row, "plan");
    String tenant = database.keyPart(row, "tenant");
    Summary summary = summary(row, installation + "/" + plan + "/" + tenant);
    return new Listed(new DocumentKey(installation, plan, TenantId.of(tenant)), summary);
  }

  private static Summary summary(ResultSet row, String key) throws SQLException {
    long due = row.getLong("due_at");
    Instant dueAt = row.wasNull() ? null : Instant.ofEpochMilli(due);
    try {
      return new Summary(
          Summary.Lifecycle.valueOf(row.getString("lifecycle")),
          Summary.RunStatus.valueOf(row.getString("run_status")),
          row.getLong("plan_version"),
          dueAt,
          Instant.parse(row.getString("updated_at")));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new UnreadableException("the row of " + key + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** A row that this release would not have written. */
  private static final class UnreadableException extends SQLException {
    UnreadableException(String message, Exception cause) {
      super(message, SqlState.DAMAGED, cause);
    }
  }
}
