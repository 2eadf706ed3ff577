package dev.provisioner.jdbc;

import dev.provisioner.event.EventHeader;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.event.ProvisioningEvent.RunEnded;
import dev.provisioner.event.ProvisioningEvent.RunStarted;
import dev.provisioner.event.ProvisioningEvent.StepDone;
import dev.provisioner.event.ProvisioningEvent.StepFailed;
import dev.provisioner.event.ProvisioningEvent.StepRetrying;
import dev.provisioner.event.ProvisioningEvent.StepWaiting;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of the audit log. */
final class Events {
  private static final String KEY = "installation, tenant, plan, sequence";
  private static final String COLUMNS =
      KEY
          + ", happened_at, run, requested_by, event, step, work, outcome, took_millis,"
          + " description";

  private final Database database;
  private final String table;

  Events(Database database, Tables tables) {
    this.database = database;
    this.table = tables.events();
  }

  // ---- writing

  /** Returns how many events are there afterwards. */
  int insert(Connection connection, List<ProvisioningEvent> events) throws SQLException {
    String sql = database.insertUnlessThere(table, COLUMNS, KEY, 13);
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      for (ProvisioningEvent event : events) {
        set(statement, event);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    database.commit(connection);
    return events.size();
  }

  private void set(PreparedStatement row, ProvisioningEvent event) throws SQLException {
    EventHeader header = event.header();
    Duration took = took(event);
    database.setKeyPart(row, 1, header.installation());
    database.setKeyPart(row, 2, header.tenant().value());
    database.setKeyPart(row, 3, header.plan());
    row.setLong(4, header.sequence());
    row.setObject(5, time(header.at()));
    row.setString(6, clean(header.run()));
    row.setString(7, clean(header.by()));
    row.setString(8, event.getClass().getSimpleName());
    row.setString(9, clean(step(event)));
    row.setString(10, event instanceof RunStarted started ? clean(started.kind()) : null);
    row.setString(11, clean(outcome(event)));
    row.setObject(12, took == null ? null : took.toMillis(), java.sql.Types.BIGINT);
    row.setString(13, clean(event.describe()));
  }

  private static OffsetDateTime time(Instant at) {
    return at.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  private static @Nullable String step(ProvisioningEvent event) {
    if (event instanceof StepDone done) {
      return done.step();
    } else if (event instanceof StepFailed failed) {
      return failed.step();
    } else if (event instanceof StepRetrying retrying) {
      return retrying.step();
    }
    return event instanceof StepWaiting waiting ? waiting.step() : null;
  }

  private static @Nullable String outcome(ProvisioningEvent event) {
    if (event instanceof RunEnded ended) {
      return ended.status().name();
    } else if (event instanceof StepFailed) {
      return "failed";
    }
    return event instanceof StepDone done ? done.result() : null;
  }

  private static @Nullable Duration took(ProvisioningEvent event) {
    if (event instanceof RunEnded ended) {
      return ended.took();
    } else if (event instanceof StepFailed failed) {
      return failed.took();
    }
    return event instanceof StepDone done ? done.took() : null;
  }

  /**
   * Replaces what PostgreSQL refuses in a text: an error message with it must not keep its tenant's
   * events from being entered for ever.
   */
  private static @Nullable String clean(@Nullable String text) {
    if (text == null) {
      return null;
    }
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  int delete(Connection connection, String installation, Instant before, int limit)
      throws SQLException {
    String sql =
        String.format(
            "DELETE FROM %1$s WHERE (%2$s) IN (SELECT %2$s FROM %1$s WHERE installation = ?"
                + " AND happened_at < ? ORDER BY happened_at LIMIT ?)",
            table, KEY);
    int deleted;
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      database.setKeyPart(statement, 1, installation);
      statement.setObject(2, time(before));
      statement.setInt(3, limit);
      deleted = statement.executeUpdate();
    }
    database.commit(connection);
    return deleted;
  }

  // ---- reading

  AuditPage page(Connection connection, AuditQuery query, @Nullable AuditCursor after, int limit)
      throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT " + COLUMNS + " FROM " + table);
    List<Parameter> parameters = new ArrayList<>();
    restrict(sql, parameters, "installation = ?", key(query.installation()));
    restrict(
        sql, parameters, "tenant = ?", query.tenant() == null ? null : key(query.tenant().value()));
    restrict(sql, parameters, "plan = ?", query.plan() == null ? null : key(query.plan()));
    String run = query.run();
    restrict(
        sql, parameters, "run = ?", run == null ? null : (row, i) -> row.setString(i, clean(run)));
    restrict(sql, parameters, "happened_at >= ?", at(query.from()));
    restrict(sql, parameters, "happened_at < ?", at(query.until()));
    if (after != null) {
      restrict(
          sql, parameters, "(happened_at, plan, tenant, sequence) < (?, ?, ?, ?)", at(after.at()));
      parameters.add(key(after.plan()));
      parameters.add(key(after.tenant()));
      parameters.add((row, i) -> row.setLong(i, after.sequence()));
    }
    sql.append(" ORDER BY happened_at DESC, plan DESC, tenant DESC, sequence DESC LIMIT ?");
    parameters.add((row, i) -> row.setInt(i, limit + 1)); // one more tells whether there is a next
    List<AuditEntry> found = new ArrayList<>();
    try (PreparedStatement statement = database.prepare(connection, sql.toString())) {
      int index = 1;
      for (Parameter parameter : parameters) {
        parameter.set(statement, index++);
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(entry(row));
        }
      }
    }
    return found.size() <= limit
        ? new AuditPage(found, null)
        : new AuditPage(found.subList(0, limit), AuditCursor.after(found.get(limit - 1)));
  }

  /** Sets one parameter of a statement. */
  private interface Parameter {
    void set(PreparedStatement statement, int index) throws SQLException;
  }

  private Parameter key(String part) {
    return (statement, index) -> database.setKeyPart(statement, index, part);
  }

  private static @Nullable Parameter at(@Nullable Instant time) {
    return time == null ? null : (statement, index) -> statement.setObject(index, time(time));
  }

  private static void restrict(
      StringBuilder sql, List<Parameter> parameters, String condition, @Nullable Parameter value) {
    if (value != null) {
      sql.append(parameters.isEmpty() ? " WHERE " : " AND ").append(condition);
      parameters.add(value);
    }
  }

  private AuditEntry entry(ResultSet row) throws SQLException {
    long millis = row.getLong("took_millis");
    Duration took = row.wasNull() ? null : Duration.ofMillis(millis);
    return new AuditEntry(
        database.keyPart(row, "installation"),
        TenantId.of(database.keyPart(row, "tenant")),
        database.keyPart(row, "plan"),
        row.getLong("sequence"),
        row.getObject("happened_at", OffsetDateTime.class).toInstant(),
        row.getString("run"),
        row.getString("requested_by"),
        row.getString("event"),
        row.getString("step"),
        row.getString("work"),
        row.getString("outcome"),
        took,
        row.getString("description"));
  }
}
