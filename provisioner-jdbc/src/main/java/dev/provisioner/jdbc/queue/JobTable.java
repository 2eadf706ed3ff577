package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.SealedInput;
import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.Tables;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The queue's rows: the statements that are the same for every database. Thread-safe. */
final class JobTable {
  private static final int LONGEST_MESSAGE = 2_000;
  private static final int AT_ONCE = 500;

  /**
   * For a row that is found by its key: put as in_turn = 1, PostgreSQL would rather read all rows
   * that have their turn, which it believes to be few.
   */
  private static final String IN_TURN = "coalesce(in_turn, 0) = 1";

  private final Database database;
  private final String table;
  private final String tasks;
  private final String installation;
  private final String now;

  JobTable(Database database, Tables tables, String installation) {
    this.database = database;
    this.table = tables.jobs();
    this.tasks = tables.tasks();
    this.installation = installation;
    this.now = database.now();
  }

  Optional<Entry> find(Connection connection, String id) throws SQLException {
    return Optional.ofNullable(find(connection, List.of(id)).get(id));
  }

  /** Returns those of these jobs that are there, by their ids. */
  Map<String, Entry> find(Connection connection, List<String> ids) throws SQLException {
    Map<String, Entry> found = new HashMap<>();
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
      String sql =
          "SELECT * FROM "
              + table
              + " WHERE installation = ? AND id IN (?"
              + ", ?".repeat(some.size() - 1)
              + ")";
      try (PreparedStatement statement = database.prepare(connection, sql)) {
        database.setKeyPart(statement, 1, installation);
        for (int i = 0; i < some.size(); i++) {
          database.setKeyPart(statement, i + 2, some.get(i));
        }
        entries(statement).forEach(entry -> found.put(entry.job().id(), entry));
      }
    }
    return found;
  }

  /** Returns the latest jobs of a lane, the last submitted first. */
  List<Entry> latest(Connection connection, Lane lane, int limit) throws SQLException {
    String sql =
        "SELECT * FROM "
            + table
            + " WHERE installation = ? AND plan = ? AND tenant = ? ORDER BY position DESC LIMIT ?";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      setLane(statement, 1, lane);
      statement.setInt(4, limit);
      return entries(statement);
    }
  }

  private List<Entry> entries(PreparedStatement statement) throws SQLException {
    List<Entry> found = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        found.add(entry(row));
      }
    }
    return found;
  }

  private Entry entry(ResultSet row) throws SQLException {
    Job job =
        new Job(
            database.keyPart(row, "id"),
            database.keyPart(row, "plan"),
            TenantId.of(database.keyPart(row, "tenant")),
            Job.Kind.valueOf(row.getString("kind")),
            status(row.getString("status")),
            row.getInt("priority"),
            row.getString("requested_by"),
            Instant.ofEpochMilli(row.getLong("not_before")),
            Instant.ofEpochMilli(row.getLong("submitted_at")),
            time(row, "started_at"),
            time(row, "ended_at"),
            row.getString("run"),
            row.getString("message"));
    byte[] input = row.getBytes("input");
    String fingerprint = row.getString("fingerprint");
    SealedInput sealed =
        input == null || fingerprint == null
            ? null
            : SealedInput.of(
                job.plan(), row.getLong("plan_version"), job.tenant(), fingerprint, input);
    Long retention = number(row, "retention");
    return new Entry(
        job,
        row.getLong("position"),
        row.getInt("in_turn") == 1,
        row.getLong("ticket"),
        row.getBoolean("cancelled"),
        sealed,
        fingerprint,
        retention == null ? null : Duration.ofMillis(retention));
  }

  private static Job.Status status(String recorded) {
    return switch (recorded) {
      case "NEW", "WAITING", "READY" -> Job.Status.WAITING;
      default -> Job.Status.valueOf(recorded);
    };
  }

  /** Returns jobs that have an input, in the order of their ids. */
  List<Entry> withInput(Connection connection, String afterId, int limit) throws SQLException {
    String sql =
        "SELECT * FROM "
            + table
            + " WHERE installation = ? AND id > ? AND input IS NOT NULL ORDER BY installation, id"
            + " LIMIT ?";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      setId(statement, 1, afterId);
      statement.setInt(3, limit);
      return entries(statement);
    }
  }

  /** Records the same input, sealed with another key. */
  void reseal(Connection connection, String id, SealedInput input) throws SQLException {
    String sql =
        "UPDATE "
            + table
            + " SET input = ? WHERE installation = ? AND id = ? AND input IS NOT NULL";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      statement.setBytes(1, input.json());
      setId(statement, 2, id);
      statement.executeUpdate();
    }
  }

  // ---- a job's life

  /** Notes that a run is under way for the job. */
  void running(Connection connection, String id, String run) throws SQLException {
    String set =
        "status = 'RUNNING', run = ?, started_at = coalesce(started_at, "
            + now
            + "), message = NULL";
    update(connection, set, IN_TURN, id, run);
  }

  /** Notes what keeps the job from going on. */
  void note(Connection connection, String id, String message) throws SQLException {
    update(connection, "message = ?", IN_TURN, id, shortened(message));
  }

  /** Ends a job that has its turn, which it gives up. Does nothing if it has ended. */
  void end(Connection connection, String id, Ending ending) throws SQLException {
    String set =
        "status = ?, run = coalesce(?, run), message = ?, input = NULL, in_turn = NULL, ended_at = "
            + now;
    String message = shortened(ending.message());
    update(connection, set, IN_TURN, id, ending.status().name(), ending.run(), message);
  }

  /** Ends a job that waits for its turn. Returns whether it did. */
  boolean withdraw(Connection connection, String id) throws SQLException {
    String set =
        "status = 'CANCELLED', cancelled = TRUE, message = ?, input = NULL, ended_at = " + now;
    String message = Ending.cancelled().message();
    return update(connection, set, "status IN ('NEW', 'WAITING')", id, message);
  }

  /** Asks for the end of a job that has its turn. Returns whether it has. */
  boolean cancel(Connection connection, String id) throws SQLException {
    return update(connection, "cancelled = TRUE", IN_TURN, id);
  }

  /** Changes a job that is as the condition says. Returns whether it is. */
  private boolean update(
      Connection connection, String set, String condition, String id, @Nullable String... values)
      throws SQLException {
    String sql =
        "UPDATE " + table + " SET " + set + " WHERE installation = ? AND id = ? AND " + condition;
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      int index = 1;
      for (String value : values) {
        statement.setString(index++, value);
      }
      setId(statement, index, id);
      return statement.executeUpdate() == 1;
    }
  }

  /** Returns whether another job waits in the lane. */
  boolean anyWaiting(Connection connection, Lane lane) throws SQLException {
    String sql =
        "SELECT 1 FROM "
            + table
            + " WHERE installation = ? AND plan = ? AND tenant = ? AND status IN ('NEW', 'WAITING')"
            + " LIMIT 1";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      setLane(statement, 1, lane);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  // ---- housekeeping

  /** Deletes jobs that ended so long ago; at most so many. Returns how many. */
  int forget(Connection connection, Duration ago, int limit) throws SQLException {
    String sql =
        "DELETE FROM "
            + table
            + " WHERE installation = ? AND id IN (SELECT id FROM "
            + table
            + " WHERE installation = ? AND ended_at < "
            + now
            + " - ? ORDER BY ended_at LIMIT ?)";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      database.setKeyPart(statement, 1, installation);
      database.setKeyPart(statement, 2, installation);
      statement.setLong(3, ago.toMillis());
      statement.setInt(4, limit);
      return statement.executeUpdate();
    }
  }

  /** Returns lanes in which jobs wait and none has its turn, which should not be. */
  List<Lane> standing(Connection connection, int limit) throws SQLException {
    String sql =
        "SELECT DISTINCT plan, tenant FROM "
            + table
            + " w WHERE installation = ? AND status = 'WAITING' AND NOT EXISTS (SELECT 1 FROM "
            + table
            + " o WHERE o.installation = w.installation AND o.plan = w.plan"
            + " AND o.tenant = w.tenant AND o.in_turn = 1) LIMIT ?";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      database.setKeyPart(statement, 1, installation);
      statement.setInt(2, limit);
      List<Lane> lanes = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          lanes.add(
              new Lane(
                  database.keyPart(row, "plan"), TenantId.of(database.keyPart(row, "tenant"))));
        }
      }
      return lanes;
    }
  }

  /**
   * Hands jobs that have their turn to the scheduler, if it does not know them. Returns how many.
   */
  int schedule(Connection connection, String plan, String task) throws SQLException {
    String sql =
        "INSERT INTO "
            + tasks
            + " (task_name, task_instance, task_data, execution_time, picked, version, priority)"
            + " SELECT CAST(? AS VARCHAR), CAST(position AS VARCHAR), "
            + database.keyBytes("id")
            + ", CURRENT_TIMESTAMP, FALSE, 1, priority FROM "
            + table
            + " j WHERE installation = ? AND plan = ? AND in_turn = 1 AND NOT EXISTS (SELECT 1 FROM "
            + tasks
            + " t WHERE t.task_name = ? AND t.task_instance = CAST(j.position AS VARCHAR))";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      statement.setString(1, task);
      database.setKeyPart(statement, 2, installation);
      database.setKeyPart(statement, 3, plan);
      statement.setString(4, task);
      return statement.executeUpdate();
    }
  }

  /** Counts what has not ended. */
  QueueStatus status(Connection connection, int workers, int busy) throws SQLException {
    String sql =
        "SELECT "
            + now
            + " AS now, coalesce(sum(CASE WHEN status = 'NEW' AND not_before > "
            + now
            + " THEN 1 ELSE 0 END), 0) AS later,"
            + " coalesce(sum(CASE WHEN status = 'RUNNING' THEN 1 ELSE 0 END), 0) AS running,"
            + " count(*) AS all_jobs,"
            + " min(CASE WHEN status = 'RUNNING' OR not_before > "
            + now
            + " THEN NULL"
            + " WHEN not_before > submitted_at THEN not_before ELSE submitted_at END) AS oldest"
            + " FROM (SELECT status, not_before, submitted_at FROM "
            + table
            + " WHERE installation = ? AND status IN ('NEW', 'WAITING')"
            + " UNION ALL SELECT status, not_before, submitted_at FROM "
            + table
            + " WHERE installation = ? AND in_turn = 1) j";
    try (PreparedStatement statement = database.prepare(connection, sql)) {
      database.setKeyPart(statement, 1, installation);
      database.setKeyPart(statement, 2, installation);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Long oldest = number(row, "oldest");
        long later = row.getLong("later");
        long running = row.getLong("running");
        return new QueueStatus(
            later,
            row.getLong("all_jobs") - later - running,
            running,
            oldest == null
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(0, row.getLong("now") - oldest)),
            workers,
            busy);
      }
    }
  }

  // ---- parameters and results

  private void setId(PreparedStatement statement, int index, String id) throws SQLException {
    database.setKeyPart(statement, index, installation);
    database.setKeyPart(statement, index + 1, id);
  }

  void setLane(PreparedStatement statement, int index, Lane lane) throws SQLException {
    database.setKeyPart(statement, index, installation);
    database.setKeyPart(statement, index + 1, lane.plan());
    database.setKeyPart(statement, index + 2, lane.tenant().value());
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    Long millis = number(row, column);
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  private static String shortened(String message) {
    String clean = message.replace('\0', ' ');
    return clean.length() <= LONGEST_MESSAGE
        ? clean
        : clean.substring(0, LONGEST_MESSAGE - 1) + "…";
  }
}
