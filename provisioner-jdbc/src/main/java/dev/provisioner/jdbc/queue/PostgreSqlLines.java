package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.SealedInput;
import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.Tables;
import dev.provisioner.jdbc.internal.Times;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: one statement for any number of jobs. */
final class PostgreSqlLines implements Lines {
  private static final String INSERT =
      """
      INSERT INTO $jobs (installation, id, plan, tenant, kind, priority, plan_version, fingerprint,
                         input, retention, requested_by, not_before, submitted_at, status,
                         cancelled)
      SELECT ?, id, plan, tenant, kind, priority, plan_version, fingerprint,
             input, retention, requested_by, coalesce(not_before, $now + delay), $now, 'NEW', FALSE
      FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[], ?::text[],
                  ?::bytea[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[])
        AS g (id, plan, tenant, kind, priority, plan_version, fingerprint,
              input, retention, requested_by, not_before, delay)
      ON CONFLICT DO NOTHING
      """;

  private static final String DUE =
      """
      due AS MATERIALIZED (
        SELECT id, plan, tenant FROM $jobs
        WHERE installation = ? AND status = 'NEW' AND not_before <= $now
        ORDER BY not_before, position LIMIT ? FOR UPDATE SKIP LOCKED
      ), lane AS (
        SELECT DISTINCT plan, tenant FROM due
      )""";

  private static final String GIVEN =
      """
      lane AS (
        SELECT DISTINCT plan, tenant FROM unnest(?::text[], ?::text[]) AS l (plan, tenant)
      )""";

  private static final String GIVE_TURNS =
      """
      first AS MATERIALIZED (
        SELECT f.id
        FROM lane l CROSS JOIN LATERAL (
          SELECT id FROM $jobs j
          WHERE j.installation = ? AND j.plan = l.plan AND j.tenant = l.tenant
            AND j.status IN ('NEW', 'WAITING') AND j.not_before <= $now
          ORDER BY j.not_before, j.position LIMIT 1) f
        WHERE NOT EXISTS (
          SELECT 1 FROM $jobs o
          WHERE o.installation = ? AND o.plan = l.plan AND o.tenant = l.tenant AND o.in_turn = 1)
      ), turned AS (
        UPDATE $jobs j SET status = 'READY', in_turn = 1, ticket = nextval('$tickets')
        FROM first f
        WHERE j.installation = ? AND j.id = f.id AND j.status IN ('NEW', 'WAITING')
        RETURNING j.id, j.plan, j.position, j.priority
      ), scheduled AS (
        INSERT INTO $tasks (task_name, task_instance, task_data, execution_time, picked, version,
                            priority)
        SELECT ? || plan, position::text, convert_to(id, 'UTF8'), clock_timestamp(), FALSE, 1,
               priority
        FROM turned
      )""";

  private static final String LINE_UP =
      """
      , lined AS (
        UPDATE $jobs j SET status = 'WAITING'
        FROM due d
        WHERE j.installation = ? AND j.id = d.id AND d.id NOT IN (SELECT id FROM first)
      )
      SELECT count(*) FROM due
      """;

  private final Database database;
  private final String installation;
  private final String taskPrefix;
  private final String insert;
  private final String lineUp;
  private final String giveTurns;

  PostgreSqlLines(Database database, Tables tables, TaskNames names) {
    this.database = database;
    this.installation = names.installation();
    this.taskPrefix = names.jobsOf("").getTaskName();
    this.insert = named(INSERT, tables);
    this.lineUp = named("WITH " + DUE + ", " + GIVE_TURNS + LINE_UP, tables);
    this.giveTurns = named("WITH " + GIVEN + ", " + GIVE_TURNS + " SELECT 1", tables);
  }

  private String named(String sql, Tables tables) {
    return sql.replace("$jobs", tables.jobs())
        .replace("$tasks", tables.tasks())
        .replace("$tickets", tables.tickets().replace("'", "''"))
        .replace("$now", database.now());
  }

  @Override
  public void insert(Connection connection, List<Submission> submissions) throws SQLException {
    List<Column> columns =
        List.of(
            new Column("text", job -> job.request().id()),
            new Column("text", job -> job.request().plan().name()),
            new Column("text", job -> job.request().tenant().value()),
            new Column("text", job -> job.request().kind().name()),
            new Column("int", job -> job.request().priority()),
            new Column("bigint", job -> job.request().plan().version()),
            ofInput("text", SealedInput::fingerprint),
            ofInput("bytea", SealedInput::json),
            new Column("bigint", job -> job.request().retentionMillis()),
            new Column("text", job -> job.request().by()),
            new Column("bigint", job -> Times.due(job.request().notBefore())),
            new Column("bigint", job -> job.request().delay().toMillis()));
    try (PreparedStatement statement = database.prepare(connection, insert)) {
      int index = 1;
      statement.setString(index++, installation);
      for (Column column : columns) {
        Object[] values = column.of(submissions);
        statement.setArray(index++, connection.createArrayOf(column.type(), values));
      }
      statement.executeUpdate();
    }
  }

  private static Column ofInput(String type, Function<SealedInput, Object> value) {
    return new Column(type, job -> job.input() == null ? null : value.apply(job.input()));
  }

  /** A value of each job. */
  private record Column(String type, Function<Submission, @Nullable Object> value) {
    @Nullable Object[] of(List<Submission> submissions) {
      // The driver wants byte[][] for bytea, and takes Object[] for the rest.
      Object[] values =
          type.equals("bytea") ? new byte[submissions.size()][] : new Object[submissions.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.apply(submissions.get(i));
      }
      return values;
    }
  }

  @Override
  public int lineUp(Connection connection, int limit) throws SQLException {
    try (PreparedStatement statement = database.prepare(connection, lineUp)) {
      statement.setString(1, installation);
      statement.setInt(2, limit);
      int index = setTurns(statement, 3);
      statement.setString(index, installation);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  @Override
  public void giveTurns(Connection connection, Collection<Lane> lanes) throws SQLException {
    try (PreparedStatement statement = database.prepare(connection, giveTurns)) {
      Object[] plans = lanes.stream().map(Lane::plan).toArray();
      Object[] tenants = lanes.stream().map(lane -> lane.tenant().value()).toArray();
      statement.setArray(1, connection.createArrayOf("text", plans));
      statement.setArray(2, connection.createArrayOf("text", tenants));
      setTurns(statement, 3);
      statement.executeQuery().close();
    }
  }

  /** Returns the index of the parameter after those of {@link #GIVE_TURNS}. */
  private int setTurns(PreparedStatement statement, int first) throws SQLException {
    int index = first;
    for (int i = 0; i < 3; i++) {
      statement.setString(index++, installation);
    }
    statement.setString(index++, taskPrefix);
    return index;
  }
}
