package dev.provisioner.jdbc.schema;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.jdbc.Pools;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.jdbc.Sql;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.tenant.NameRule;
import dev.provisioner.testkit.TestAttempt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database with a table that tenants share, a role for reports, and an admin user who is no
 * superuser. The server wants passwords of all but its superuser.
 */
final class Shop implements AutoCloseable {
  static final String RULES =
      "host all provisioner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

  /** Version 13 would keep MD5 of the passwords it is given. */
  private static final String SCRAM = "SET password_encryption = 'scram-sha-256'; ";

  private static final AtomicInteger COUNT = new AtomicInteger();

  final Postgres.Server server;
  final String url;
  final String database;
  final String plan;
  final String admin;
  final String reporting;
  final HikariDataSource superuser;
  final HikariDataSource pool;

  Shop(Postgres.Server server) throws Exception {
    this.server = server;
    int number = COUNT.incrementAndGet();
    url = server.newDatabase();
    superuser = Pools.hikari(url, 3);
    requirePasswords(superuser, url);
    database = Sql.query(superuser, "SELECT current_database()").get(0);
    plan = "plan-" + number;
    admin = "shop-admin-" + number;
    reporting = "reporting-" + number;
    sql(SCRAM + "CREATE ROLE \"" + admin + "\" LOGIN CREATEROLE PASSWORD 'letmein!'");
    sql(SCRAM + "CREATE ROLE \"" + reporting + "\" LOGIN PASSWORD 'letmein!'");
    sql("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
    sql("GRANT CREATE ON DATABASE " + database + " TO \"" + admin + "\"");
    sql(
        "GRANT CONNECT ON DATABASE "
            + database
            + " TO \""
            + admin
            + "\" WITH GRANT OPTION; GRANT CONNECT ON DATABASE "
            + database
            + " TO \""
            + reporting
            + "\"");
    sql("CREATE SCHEMA shared AUTHORIZATION \"" + admin + "\"");
    sql("CREATE TABLE shared.orders (tenant text NOT NULL, item text)");
    sql("ALTER TABLE shared.orders OWNER TO \"" + admin + "\"");
    sql("ALTER TABLE shared.orders ENABLE ROW LEVEL SECURITY");
    pool = Pools.hikari(login(admin) + "&password=letmein!", 4);
  }

  private static synchronized void requirePasswords(HikariDataSource superuser, String url)
      throws Exception {
    Path file = Path.of(Sql.query(superuser, "SHOW hba_file").get(0));
    if (Files.readString(file).equals(RULES)) {
      return;
    }
    Sql.execute(superuser, "CREATE ROLE probe LOGIN");
    Files.writeString(file, RULES);
    Sql.execute(superuser, "SELECT pg_reload_conf()");
    String probe = url.replace("user=provisioner", "user=probe");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (opens(probe)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("The server goes on without passwords.");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static boolean opens(String address) {
    try (Connection connection = DriverManager.getConnection(address)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private String login(String user) {
    return url.replace("user=provisioner", "user=" + user);
  }

  TenantSchemas schemas() {
    return TenantSchemas.on(pool);
  }

  /** Returns an attempt for a tenant of this shop; roles are of the whole server. */
  TestAttempt attempt(String tenant) {
    return TestAttempt.of(tenant, plan, "schema", NameRule.underscored(57));
  }

  TenantSchema make(SchemaSpec spec, TestAttempt attempt) {
    return output(schemas().provision(spec, attempt));
  }

  static TenantSchema output(Provisioned<TenantSchema> provisioned) {
    return ((Provisioned.Done<TenantSchema>) provisioned).output();
  }

  Found<TenantSchema> find(SchemaSpec spec, TestAttempt attempt) {
    return schemas().find(Known.begun(spec), attempt.next());
  }

  /** A spec with everything in it. */
  SchemaSpec full(String tenant) {
    return SchemaSpec.standard()
        .connectionLimit(5)
        .thenSearching("public", "A \"b\"")
        .readableBy(reporting)
        .sharing(SharedTable.rows("shared", "orders", "tenant", tenant));
  }

  /** Opens a session of a tenant's role, with its password. */
  Connection login(TenantSchema tenant) throws SQLException {
    return DriverManager.getConnection(
        login(tenant.role()), tenant.role(), tenant.password().reveal());
  }

  Connection report() throws SQLException {
    return DriverManager.getConnection(login(reporting), reporting, "letmein!");
  }

  void sql(String... statements) throws SQLException {
    for (String statement : statements) {
      Sql.execute(superuser, statement);
    }
  }

  List<String> query(String sql) throws SQLException {
    return Sql.query(superuser, sql);
  }

  int version() throws SQLException {
    return Integer.parseInt(query("SHOW server_version_num").get(0));
  }

  /** Returns how many schemas, roles and policies carry this tenant's marker. */
  List<String> count(TestAttempt attempt) throws SQLException {
    String marked = " LIKE '" + attempt.marker().text() + "%'";
    return query(
        "SELECT (SELECT count(*) FROM pg_namespace WHERE obj_description(oid, 'pg_namespace')"
            + marked
            + ") || ' ' || (SELECT count(*) FROM pg_roles WHERE shobj_description(oid,"
            + " 'pg_authid')"
            + marked
            + ") || ' ' || (SELECT count(*) FROM pg_policy WHERE obj_description(oid,"
            + " 'pg_policy')"
            + marked
            + ")");
  }

  @Override
  public void close() {
    pool.close();
    superuser.close();
  }
}
