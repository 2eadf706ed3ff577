package dev.provisioner.jdbc.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * How a database lines jobs up. Each method is part of the caller's transaction.
 *
 * <p>A job is done when it is its turn, and at most one job of a lane has it, which a unique index
 * sees to. Nobody but us ever locks a row of a lane, and never for longer than a few statements:
 * who submits in a transaction of their own only inserts, however long that transaction lasts. The
 * rules that keep a lane from standing still:
 *
 * <ul>
 *   <li>New jobs become visible when whoever submitted them commits. Only then are they lined up,
 *       and their lanes looked at in the same transaction.
 *   <li>A job that ends gives up its turn in one transaction, and its lane is looked at in another
 *       one after it, which counts those too that are not lined up yet. So of a job that comes and
 *       one that ends at the same moment, whoever looks later sees both. All times are the
 *       database's, or a job might be there for one and not yet for the other.
 *   <li>The scheduler forgets a job only after that: if its node dies in between, another one does
 *       it again.
 * </ul>
 */
interface Lines {

  /** Submits a job, unless one with its id is there. Returns whether it was not. */
  boolean insert(Connection connection, Submission submission) throws SQLException;

  /** Lines up new jobs whose time has come, and returns their lanes. */
  List<Lane> lineUp(Connection connection, int limit) throws SQLException;

  /** Gives the first job of each lane its turn, unless one has it. Returns those that got it. */
  List<Turn> giveTurns(Connection connection, Collection<Lane> lanes) throws SQLException;
}
