package dev.provisioner.jdbc.queue;

import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.Tables;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** PostgreSQL: a statement for any number of jobs. */
final class PostgreSqlLines implements Lines {
  private static final String LINE_UP =
      """
      UPDATE $jobs SET status = 'WAITING'
      WHERE installation = ? AND id IN (
        SELECT id FROM $jobs
        WHERE installation = ? AND status = 'NEW' AND not_before <= $now
        ORDER BY not_before, position LIMIT ? FOR UPDATE SKIP LOCKED)
      RETURNING plan, tenant
      """;

  private static final String GIVE_TURNS =
      """
      WITH lane AS MATERIALIZED (
        SELECT DISTINCT plan, tenant FROM unnest(?::text[], ?::text[]) AS l (plan, tenant)
        ORDER BY plan, tenant
      ), first AS MATERIALIZED (
        SELECT f.id
        FROM lane l CROSS JOIN LATERAL (
          SELECT id FROM $jobs j
          WHERE j.installation = ? AND j.plan = l.plan AND j.tenant = l.tenant
            AND j.status IN ('NEW', 'WAITING') AND j.not_before <= $now
          ORDER BY j.not_before, j.position LIMIT 1) f
        WHERE NOT EXISTS (
          SELECT 1 FROM $jobs o
          WHERE o.installation = ? AND o.plan = l.plan AND o.tenant = l.tenant AND o.in_turn = 1)
      )
      UPDATE $jobs j SET status = 'READY', in_turn = 1, ticket = nextval('$tickets')
      FROM first f
      WHERE j.installation = ? AND j.id = f.id AND j.status IN ('NEW', 'WAITING')
      RETURNING j.id, j.plan, j.position, j.priority
      """;

  private final Database database;
  private final JobTable jobs;
  private final String installation;
  private final String insert;
  private final String lineUp;
  private final String giveTurns;

  PostgreSqlLines(Database database, Tables tables, JobTable jobs, String installation) {
    this.database = database;
    this.jobs = jobs;
    this.installation = installation;
    this.insert = jobs.insert() + " ON CONFLICT DO NOTHING";
    this.lineUp = named(LINE_UP, tables);
    this.giveTurns = named(GIVE_TURNS, tables);
  }

  private String named(String sql, Tables tables) {
    return sql.replace("$jobs", tables.jobs())
        .replace("$tickets", tables.tickets().replace("'", "''"))
        .replace("$now", database.now());
  }

  @Override
  public boolean insert(Connection connection, Submission submission) throws SQLException {
    try (PreparedStatement statement = database.prepare(connection, insert)) {
      jobs.set(statement, submission);
      return statement.executeUpdate() == 1;
    }
  }

  @Override
  public List<Lane> lineUp(Connection connection, int limit) throws SQLException {
    try (PreparedStatement statement = database.prepare(connection, lineUp)) {
      statement.setString(1, installation);
      statement.setString(2, installation);
      statement.setInt(3, limit);
      List<Lane> lanes = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          lanes.add(new Lane(row.getString("plan"), TenantId.of(row.getString("tenant"))));
        }
      }
      return lanes;
    }
  }

  @Override
  public List<Turn> giveTurns(Connection connection, Collection<Lane> lanes) throws SQLException {
    try (PreparedStatement statement = database.prepare(connection, giveTurns)) {
      Object[] plans = lanes.stream().map(Lane::plan).toArray();
      Object[] tenants = lanes.stream().map(lane -> lane.tenant().value()).toArray();
      statement.setArray(1, connection.createArrayOf("text", plans));
      statement.setArray(2, connection.createArrayOf("text", tenants));
      for (int index = 3; index <= 5; index++) {
        statement.setString(index, installation);
      }
      List<Turn> turns = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          turns.add(
              new Turn(
                  row.getString("id"),
                  row.getString("plan"),
                  row.getLong("position"),
                  row.getInt("priority")));
        }
      }
      return turns;
    }
  }
}
