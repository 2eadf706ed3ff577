package dev.provisioner.jdbc.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * How a database lines jobs up.
 *
 * <p>A job is done when it is its turn, and at most one job of a lane has it, which a unique index
 * sees to. Whoever submits only inserts a row, and so holds up nobody, however long their
 * transaction lasts. All else is a transaction of ours, which on PostgreSQL is one statement that
 * commits by itself: a node that is stopped at any instant leaves nothing locked. What keeps a lane
 * from standing still:
 *
 * <ul>
 *   <li>New jobs become visible when whoever submitted them commits. Only then are they lined up,
 *       and their lanes looked at in the same transaction.
 *   <li>A job that ends gives up its turn in one transaction, and its lane is looked at in another
 *       one after it, which counts those too that are not lined up yet. So of a job that comes and
 *       one that ends at the same moment, whoever looks later sees both. All times are the
 *       database's, or a job might be there for one and not yet for the other.
 *   <li>A job that gets its turn is handed to the scheduler in the same transaction, and forgotten
 *       by it only after its lane was looked at again: if its node dies before, another does that.
 * </ul>
 */
interface Lines {

  /** Submits jobs, except those whose ids are there. */
  void insert(Connection connection, List<Submission> submissions) throws SQLException;

  /**
   * Lines up new jobs whose time has come, and gives turns in their lanes. Returns how many jobs it
   * lined up.
   */
  int lineUp(Connection connection, int limit) throws SQLException;

  /** Gives the first job of each lane its turn, unless one has it. */
  void giveTurns(Connection connection, Collection<Lane> lanes) throws SQLException;
}
