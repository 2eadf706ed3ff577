package dev.provisioner.jdbc.queue;

import dev.provisioner.jdbc.internal.Database;
import dev.provisioner.jdbc.internal.SqlState;
import dev.provisioner.jdbc.internal.Tables;
import dev.provisioner.tenant.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** H2: a few statements for each job, as it has no statement for many. */
final class H2Lines implements Lines {
  private static final String NEW_JOBS =
      "SELECT id, plan, tenant FROM $jobs WHERE installation = ? AND status = 'NEW'"
          + " AND not_before <= $now ORDER BY not_before, position LIMIT ?";
  private static final String LINE_UP =
      "UPDATE $jobs SET status = 'WAITING' WHERE installation = ? AND id = ? AND status = 'NEW'";
  private static final String FIRST =
      "SELECT id, plan, position, priority FROM $jobs j WHERE installation = ? AND plan = ?"
          + " AND tenant = ? AND status IN ('NEW', 'WAITING') AND not_before <= $now AND NOT EXISTS (SELECT 1 FROM $jobs o"
          + " WHERE o.installation = j.installation AND o.plan = j.plan AND o.tenant = j.tenant"
          + " AND o.in_turn = 1) ORDER BY not_before, position LIMIT 1";
  private static final String GIVE_TURN =
      "UPDATE $jobs SET status = 'READY', in_turn = 1, ticket = NEXT VALUE FOR $tickets"
          + " WHERE installation = ? AND id = ? AND status IN ('NEW', 'WAITING')";

  private final Database database;
  private final Tables tables;
  private final JobTable jobs;
  private final String installation;

  H2Lines(Database database, Tables tables, JobTable jobs, String installation) {
    this.database = database;
    this.tables = tables;
    this.jobs = jobs;
    this.installation = installation;
  }

  @Override
  public boolean insert(Connection connection, Submission submission) throws SQLException {
    try (PreparedStatement statement = database.prepare(connection, jobs.insert())) {
      jobs.set(statement, submission);
      return statement.executeUpdate() == 1;
    } catch (SQLException e) {
      if (SqlState.of(e).isDuplicate()) {
        return false; // the statement alone is undone
      }
      throw e;
    }
  }

  @Override
  public List<Lane> lineUp(Connection connection, int limit) throws SQLException {
    List<Lane> lanes = new ArrayList<>();
    try (PreparedStatement select = prepare(connection, NEW_JOBS);
        PreparedStatement update = prepare(connection, LINE_UP)) {
      database.setKeyPart(select, 1, installation);
      select.setInt(2, limit);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          database.setKeyPart(update, 1, installation);
          database.setKeyPart(update, 2, database.keyPart(row, "id"));
          if (update.executeUpdate() == 1) {
            lanes.add(
                new Lane(
                    database.keyPart(row, "plan"), TenantId.of(database.keyPart(row, "tenant"))));
          }
        }
      }
    }
    return lanes;
  }

  @Override
  public List<Turn> giveTurns(Connection connection, Collection<Lane> lanes) throws SQLException {
    List<Turn> turns = new ArrayList<>();
    try (PreparedStatement select = prepare(connection, FIRST);
        PreparedStatement update = prepare(connection, GIVE_TURN)) {
      for (Lane lane : new TreeSet<>(lanes)) { // in one order, so that nobody waits in a circle
        Optional<Turn> first = first(select, lane);
        if (first.isPresent()) {
          database.setKeyPart(update, 1, installation);
          database.setKeyPart(update, 2, first.get().id());
          if (update.executeUpdate() == 1) {
            turns.add(first.get());
          }
        }
      }
    }
    return turns;
  }

  private Optional<Turn> first(PreparedStatement select, Lane lane) throws SQLException {
    jobs.setLane(select, 1, lane);
    try (ResultSet row = select.executeQuery()) {
      return row.next()
          ? Optional.of(
              new Turn(
                  database.keyPart(row, "id"),
                  database.keyPart(row, "plan"),
                  row.getLong("position"),
                  row.getInt("priority")))
          : Optional.empty();
    }
  }

  private PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    String named =
        sql.replace("$jobs", tables.jobs())
            .replace("$tickets", tables.tickets())
            .replace("$now", database.now());
    return database.prepare(connection, named);
  }
}
