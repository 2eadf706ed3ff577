package dev.provisioner.jdbc;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.event.DurableListener;
import dev.provisioner.event.EventHeader;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Failures;
import dev.provisioner.jdbc.internal.Keys;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every recorded event in a table beside the state, for audits: who asked, what was done,
 * when, for how long, and what came of it. Give it to all engines:
 *
 * <pre>{@code
 * JdbcStateStore store = JdbcStateStore.on(dataSource).createTables().open();
 * ProvisioningEngine.builder(store).durableListener("audit", store.auditLog())
 * }</pre>
 *
 * <p>An event that is told again, as after a crash, is not entered again: installation, tenant,
 * plan and sequence are its key. Entries are durable as the store's writes are. Thread-safe; each
 * call borrows one connection. The table may be read by SQL, and by whoever may: it holds tenants'
 * ids, error messages and the names given with {@code by}, and no specs, outputs or secrets.
 *
 * <p>{@link IllegalStateException} after the store was closed.
 */
public final class AuditLog implements DurableListener {
  private static final int DELETED_AT_ONCE = 1_000;
  private static final int MOST_IN_PAGE = 10_000;

  private final JdbcStateStore store;
  private final Connections connections;
  private final Failures failures;
  private final Events events;

  AuditLog(JdbcStateStore store, Connections connections, Failures failures, Events events) {
    this.store = store;
    this.connections = connections;
    this.failures = failures;
    this.events = events;
  }

  /**
   * Enters events, in one transaction; those that are there already stay as they are.
   *
   * @throws StateStoreException if they could not be entered; some say that nobody knows whether
   *     they were, and it is safe to enter them again
   */
  @Override
  public void take(List<ProvisioningEvent> told) {
    store.requireOpen();
    try {
      connections.call(false, connection -> events.insert(connection, told));
    } catch (SQLException e) {
      EventHeader first = told.get(0).header();
      throw failures.cannot(
          "enter "
              + told.size()
              + " event(s) of "
              + first.installation()
              + "/"
              + first.plan()
              + "/"
              + first.tenant()
              + " into the audit log",
          "They may or may not be there: enter them again, which is harmless.",
          e);
    }
  }

  /**
   * Returns entries, the newest first. What is entered between two pages is in neither, unless it
   * happened before the first of them ended; nothing is returned twice.
   *
   * @param cursor {@link AuditPage#next} of the page before, or null for the first
   * @param limit 1 to 10,000 entries
   * @throws IllegalArgumentException if the cursor is not one of an audit log
   * @throws StateStoreException if the database does not answer
   */
  public AuditPage read(AuditQuery query, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MOST_IN_PAGE) {
      throw new IllegalArgumentException(
          "A page holds 1 to " + MOST_IN_PAGE + " entries, not " + limit + ".");
    }
    store.requireOpen();
    Keys.check(query.installation());
    AuditCursor after = cursor == null ? null : AuditCursor.parse(cursor);
    try {
      return connections.call(true, connection -> events.page(connection, query, after, limit));
    } catch (SQLException e) {
      throw failures.cannot("read the audit log of '" + query.installation() + "'", e);
    }
  }

  /**
   * Deletes what happened before a time, a thousand entries in a transaction. May be broken off at
   * any instant and called again, also from several nodes at once.
   *
   * @return how many entries this call deleted
   * @throws StateStoreException if the database does not answer; what was deleted before stays so
   */
  public long deleteBefore(String installation, Instant time) {
    Keys.check(installation);
    long deleted = 0;
    int last;
    do {
      store.requireOpen();
      try {
        last =
            connections.call(
                false,
                connection -> events.delete(connection, installation, time, DELETED_AT_ONCE));
      } catch (SQLException e) {
        throw failures.cannot(
            "delete old entries from the audit log of '" + installation + "'",
            deleted + " were deleted, and perhaps some more: call it again.",
            e);
      }
      deleted += last;
    } while (last == DELETED_AT_ONCE);
    return deleted;
  }
}
