package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.SealedInput;
import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.SqlState;
import dev.provisioner.jdbc.internal.Tables;
import dev.provisioner.jdbc.internal.Times;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** H2: a few statements for each job, as it has none for many. */
final class H2Lines implements Lines {
  private static final String INSERT =
      "INSERT INTO $jobs (installation, id, plan, tenant, kind, priority, plan_version, fingerprint,"
          + " input, retention, requested_by, not_before, submitted_at, status, cancelled)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(CAST(? AS BIGINT), $now + ?), $now, 'NEW', FALSE)";
  private static final String NEW_JOBS =
      "SELECT id, plan, tenant FROM $jobs WHERE installation = ? AND status = 'NEW'"
          + " AND not_before <= $now ORDER BY not_before, position LIMIT ?";
  private static final String LINE_UP =
      "UPDATE $jobs SET status = 'WAITING' WHERE installation = ? AND id = ? AND status = 'NEW'";
  private static final String FIRST =
      "SELECT id, position, priority FROM $jobs j WHERE installation = ? AND plan = ?"
          + " AND tenant = ? AND status IN ('NEW', 'WAITING') AND not_before <= $now"
          + " AND NOT EXISTS (SELECT 1 FROM $jobs o WHERE o.installation = j.installation"
          + " AND o.plan = j.plan AND o.tenant = j.tenant AND o.in_turn = 1)"
          + " ORDER BY not_before, position LIMIT 1";
  private static final String GIVE_TURN =
      "UPDATE $jobs SET status = 'READY', in_turn = 1, ticket = NEXT VALUE FOR $tickets"
          + " WHERE installation = ? AND id = ? AND status IN ('NEW', 'WAITING')";
  private static final String SCHEDULE =
      "INSERT INTO $tasks (task_name, task_instance, task_data, execution_time, picked, version,"
          + " priority) VALUES (?, ?, ?, CURRENT_TIMESTAMP, FALSE, 1, ?)";

  private final Database database;
  private final Tables tables;
  private final TaskNames names;

  H2Lines(Database database, Tables tables, TaskNames names) {
    this.database = database;
    this.tables = tables;
    this.names = names;
  }

  private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    return database.prepare(
        connection,
        sql.replace("$jobs", tables.jobs())
            .replace("$tasks", tables.tasks())
            .replace("$tickets", tables.tickets())
            .replace("$now", database.now()));
  }

  @Override
  public void insert(Connection connection, List<Submission> submissions) throws SQLException {
    try (PreparedStatement statement = prepare(connection, INSERT)) {
      for (Submission submission : submissions) {
        set(statement, submission);
        try {
          statement.executeUpdate();
        } catch (SQLException e) {
          if (!SqlState.of(e).isDuplicate()) {
            throw e;
          }
          // it is there; the statement alone is undone
        }
      }
    }
  }

  private void set(PreparedStatement statement, Submission submission) throws SQLException {
    JobRequest request = submission.request();
    SealedInput input = submission.input();
    setKey(statement, request.id());
    database.setKeyPart(statement, 3, request.plan().name());
    database.setKeyPart(statement, 4, request.tenant().value());
    statement.setString(5, request.kind().name());
    statement.setInt(6, request.priority());
    statement.setLong(7, request.plan().version());
    statement.setString(8, input == null ? null : input.fingerprint());
    statement.setBytes(9, input == null ? null : input.json());
    statement.setObject(10, request.retentionMillis(), Types.BIGINT);
    statement.setString(11, request.by());
    statement.setObject(12, Times.due(request.notBefore()), Types.BIGINT);
    statement.setLong(13, request.delay().toMillis());
  }

  @Override
  public int lineUp(Connection connection, int limit) throws SQLException {
    List<Lane> lanes = new ArrayList<>();
    try (PreparedStatement select = prepare(connection, NEW_JOBS);
        PreparedStatement update = prepare(connection, LINE_UP)) {
      database.setKeyPart(select, 1, names.installation());
      select.setInt(2, limit);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          setKey(update, database.keyPart(row, "id"));
          update.executeUpdate();
          lanes.add(
              new Lane(
                  database.keyPart(row, "plan"), TenantId.of(database.keyPart(row, "tenant"))));
        }
      }
    }
    giveTurns(connection, lanes);
    return lanes.size();
  }

  @Override
  public void giveTurns(Connection connection, Collection<Lane> lanes) throws SQLException {
    try (PreparedStatement first = prepare(connection, FIRST);
        PreparedStatement turn = prepare(connection, GIVE_TURN);
        PreparedStatement schedule = prepare(connection, SCHEDULE)) {
      for (Lane lane : new TreeSet<>(lanes)) { // in one order, so that nobody waits in a circle
        database.setKeyPart(first, 1, names.installation());
        database.setKeyPart(first, 2, lane.plan());
        database.setKeyPart(first, 3, lane.tenant().value());
        try (ResultSet row = first.executeQuery()) {
          if (row.next()) {
            giveTurn(turn, schedule, lane, row);
          }
        }
      }
    }
  }

  private void giveTurn(
      PreparedStatement turn, PreparedStatement schedule, Lane lane, ResultSet job)
      throws SQLException {
    setKey(turn, database.keyPart(job, "id"));
    if (turn.executeUpdate() == 1) {
      schedule.setString(1, names.jobsOf(lane.plan()).getTaskName());
      schedule.setString(2, Long.toString(job.getLong("position")));
      schedule.setBytes(3, job.getBytes("id"));
      schedule.setInt(4, job.getInt("priority"));
      schedule.executeUpdate();
    }
  }

  private void setKey(PreparedStatement statement, String id) throws SQLException {
    database.setKeyPart(statement, 1, names.installation());
    database.setKeyPart(statement, 2, id);
  }
}
