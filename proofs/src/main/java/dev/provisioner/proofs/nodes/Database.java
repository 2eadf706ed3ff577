package dev.provisioner.proofs.nodes;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The nodes' database as its administrator sees it, past all faults. It watches by triggers: who
 * picked which job when, and how each ended.
 */
final class Database implements AutoCloseable {
  private static final String ADMINISTRATOR = "administrator";

  private static final String WITNESS =
      """
      CREATE TABLE witness_pick (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job text, node text, at bigint);
      CREATE INDEX ON witness_pick (job, position);
      CREATE TABLE witness_end (job text, status text);
      CREATE FUNCTION witness_pick() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO witness_pick (job, node, at) VALUES (convert_from(NEW.task_data, 'UTF8'),
          current_setting('application_name'), extract(epoch FROM clock_timestamp()) * 1000);
        RETURN NULL;
      END $$;
      CREATE TRIGGER witness_pick AFTER UPDATE ON provisioner_task FOR EACH ROW
        WHEN (NEW.picked AND NOT OLD.picked AND NEW.task_name LIKE 'job:%')
        EXECUTE FUNCTION witness_pick();
      CREATE FUNCTION witness_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO witness_end VALUES (NEW.id, NEW.status);
        RETURN NULL;
      END $$;
      CREATE TRIGGER witness_end AFTER UPDATE ON provisioner_job FOR EACH ROW
        WHEN (NEW.status <> OLD.status AND NEW.status IN ('SUCCEEDED', 'FAILED', 'CANCELLED')
          OR OLD.status IN ('SUCCEEDED', 'FAILED', 'CANCELLED'))
        EXECUTE FUNCTION witness_end();
      """;

  /** The tenants whose run an engine holds, and with which token. */
  private static final String HELD =
      """
      SELECT tenant, document ->> 'token' FROM (
        SELECT tenant, convert_from(document, 'UTF8')::jsonb AS document FROM provisioner_state
        WHERE run_status = 'RUNNING') AS running
      WHERE document #>> '{lease,holder}' = ?
      """;

  /** The jobs that a node has picked and whose run nobody has begun; when it picked them. */
  private static final String PICKED =
      """
      SELECT j.id, p.position
      FROM provisioner_task t
      JOIN provisioner_job j ON j.id = convert_from(t.task_data, 'UTF8') AND j.in_turn = 1
      CROSS JOIN LATERAL (
        SELECT node, position FROM witness_pick WHERE job = j.id ORDER BY position DESC LIMIT 1) p
      LEFT JOIN provisioner_state s
        ON (s.installation, s.plan, s.tenant) = (j.installation, j.plan, j.tenant)
      WHERE t.picked AND t.task_name LIKE 'job:%' AND p.node = ?
        AND (s.document IS NULL
          OR convert_from(s.document, 'UTF8')::jsonb #>> '{run,id}' IS DISTINCT FROM j.id)
      """;

  private final HikariDataSource administrator;

  Database(String url) {
    administrator = pool(url, ADMINISTRATOR, 3);
  }

  /** Returns a pool as a host has it, of which the server knows the name. */
  static HikariDataSource pool(String url, String name, int size) {
    HikariConfig config = new HikariConfig();
    // The driver would wait for ever on a connection that is half open while it is opened.
    config.setJdbcUrl(url + "&loginTimeout=3&ApplicationName=" + name);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(5_000);
    config.setMaxLifetime(30_000); // so that those that were made slow do not stay
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /** Watches from now on; the queue's tables must be there. */
  void witness() throws SQLException {
    try (Connection connection = administrator.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(WITNESS);
    }
  }

  /** Returns the tokens of the runs that an engine holds, by tenant. */
  Map<String, Long> held(String engine) throws SQLException {
    return numbers(HELD, engine);
  }

  /** Returns all tokens, by tenant. */
  Map<String, Long> tokens() throws SQLException {
    return numbers(
        "SELECT tenant, convert_from(document, 'UTF8')::jsonb ->> 'token' FROM provisioner_state");
  }

  /** Returns the jobs a node has picked and not begun, and the number of that picking. */
  Map<String, Long> picked(String node) throws SQLException {
    return numbers(PICKED, node);
  }

  private Map<String, Long> numbers(String sql, Object... parameters) throws SQLException {
    Map<String, Long> numbers = new TreeMap<>();
    for (List<String> row : rows(sql, parameters)) {
      numbers.put(row.get(0), Long.parseLong(row.get(1)));
    }
    return numbers;
  }

  /** Returns when another node picked a job after this picking, in milliseconds, or nothing. */
  List<Long> pickedAgain(String job, String node, long after) throws SQLException {
    return rows(
            "SELECT at FROM witness_pick WHERE job = ? AND node <> ? AND position > ?"
                + " ORDER BY position LIMIT 1",
            job,
            node,
            after)
        .stream()
        .map(row -> Long.parseLong(row.get(0)))
        .toList();
  }

  /** Ends connections of nodes, chosen by the server. Returns how many. */
  int terminate(int most) throws SQLException {
    return rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                + " current_database() AND application_name <> ? ORDER BY state <> 'active',"
                + " random() LIMIT "
                + most,
            ADMINISTRATOR)
        .size();
  }

  /** Returns how many jobs there are that have not ended. */
  long open() throws SQLException {
    return number("SELECT count(*) FROM provisioner_job WHERE ended_at IS NULL");
  }

  /** Returns some of the jobs that have not ended, for people. */
  List<List<String>> standing() throws SQLException {
    return rows(
        "SELECT id, status, in_turn, run, message, t.picked, t.execution_time, t.last_heartbeat,"
            + " t.consecutive_failures FROM provisioner_job j LEFT JOIN provisioner_task t"
            + " ON t.task_data = convert_to(j.id, 'UTF8') WHERE ended_at IS NULL LIMIT 10");
  }

  /** Returns the scheduler's rows of jobs; those that recur are no jobs. */
  long scheduled() throws SQLException {
    return number("SELECT count(*) FROM provisioner_task WHERE task_name LIKE 'job:%'");
  }

  private long number(String sql) throws SQLException {
    return Long.parseLong(rows(sql).get(0).get(0));
  }

  /** Returns the first columns of the rows of a query, as text. */
  List<List<String>> rows(String sql, Object... parameters) throws SQLException {
    try (Connection connection = administrator.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<List<String>> rows = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<String> values = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            values.add(String.valueOf(row.getString(i)));
          }
          rows.add(values);
        }
      }
      return rows;
    }
  }

  @Override
  public void close() {
    administrator.close();
  }
}
