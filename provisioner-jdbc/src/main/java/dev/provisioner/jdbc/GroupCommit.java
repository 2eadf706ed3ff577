package dev.provisioner.jdbc;

import dev.provisioner.jdbc.Write.Outcome;
import dev.provisioner.jdbc.internal.SqlState;
import dev.provisioner.state.DocumentKey;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Commits together what is written at the same time, without a thread of its own. Whoever finds
 * nobody committing leads: it commits its write and all that wait, tells each what became of it,
 * and makes the first of those that came meanwhile the next leader. So a write waits for one commit
 * at most before its own, and nobody waits for company.
 *
 * <p>Thread-safe. An interrupt ends no wait; the thread's flag is kept.
 */
final class GroupCommit {
  private static final int MOST_WRITES = 100;
  private static final long MOST_BYTES = 4 << 20;

  private final Commit commit;
  private final long patienceNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Pending> waiting = new ArrayDeque<>(); // guarded by lock
  private @Nullable Pending leader; // guarded by lock; the first of those that wait, or committing

  /**
   * Creates a group.
   *
   * @param patienceNanos how long the writes of one group are tried one by one if it fails
   */
  GroupCommit(Commit commit, long patienceNanos) {
    this.commit = commit;
    this.patienceNanos = patienceNanos;
  }

  /**
   * Commits a write, alone or with others.
   *
   * @throws InDoubtException if it may have happened
   * @throws SQLException if it has not happened
   */
  Outcome write(Write write) throws SQLException {
    Pending mine = new Pending(write, lock.newCondition());
    List<Pending> group = await(mine);
    if (!group.isEmpty()) {
      try {
        commit(group);
      } finally {
        settle(group);
      }
    }
    return mine.result();
  }

  /** Returns how many writes wait for the next commit. */
  int queued() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the write is settled, or leads: then returns the group to commit. */
  private List<Pending> await(Pending mine) {
    lock.lock();
    try {
      waiting.add(mine);
      if (leader == null) {
        leader = mine;
      }
      while (leader != mine && !mine.settled) {
        mine.changed.awaitUninterruptibly();
      }
      return mine.settled ? List.of() : nextGroup();
    } finally {
      lock.unlock();
    }
  }

  /** Takes from the queue, which the leader heads; of several writes of a document the first. */
  private List<Pending> nextGroup() {
    List<Pending> group = new ArrayList<>();
    Set<DocumentKey> keys = new HashSet<>();
    long bytes = 0;
    Iterator<Pending> queue = waiting.iterator();
    while (queue.hasNext() && group.size() < MOST_WRITES && bytes < MOST_BYTES) {
      Pending next = queue.next();
      if (keys.add(next.write.key())) {
        queue.remove();
        group.add(next);
        bytes += next.write.document() == null ? 0 : next.write.document().content().length;
      }
    }
    return group;
  }

  private void commit(List<Pending> group) {
    try {
      commitTogether(group);
    } catch (SQLException e) {
      boolean toldApart = group.size() > 1 && SqlState.of(e).isRolledBack();
      if (toldApart && !(e instanceof InDoubtException) && !SqlState.of(e).isConflict()) {
        commitEach(group, e);
      } else {
        group.forEach(write -> write.failure = e);
      }
    }
  }

  private void commitTogether(List<Pending> group) throws SQLException {
    List<Outcome> outcomes;
    try {
      outcomes = commit.run(group.stream().map(pending -> pending.write).toList());
    } catch (RuntimeException e) {
      throw new InDoubtException(e); // of a driver or a pool
    }
    for (int i = 0; i < group.size(); i++) {
      group.get(i).outcome = outcomes.get(i);
    }
  }

  /** Finds out which of them the database refuses; nothing was written yet. */
  private void commitEach(List<Pending> group, SQLException failure) {
    long begun = System.nanoTime();
    for (Pending write : group) {
      try {
        if (System.nanoTime() - begun > patienceNanos) {
          throw failure;
        }
        commitTogether(List.of(write));
      } catch (SQLException e) {
        write.failure = e;
      }
    }
  }

  /** Tells everybody, also if the leader was ended by an error. */
  private void settle(List<Pending> group) {
    lock.lock();
    try {
      for (Pending write : group) {
        write.settled = true;
        write.changed.signal();
      }
      leader = waiting.peekFirst();
      if (leader != null) {
        leader.changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Carries out writes of different documents, as {@link Database#write} does. */
  interface Commit {
    List<Outcome> run(List<Write> writes) throws SQLException;
  }

  /** A write that waits. Its fields are the leader's until it is settled, then its own thread's. */
  private static final class Pending {
    private final Write write;
    private final Condition changed;
    private boolean settled; // guarded by lock
    private @Nullable Outcome outcome;
    private @Nullable SQLException failure;

    Pending(Write write, Condition changed) {
      this.write = write;
      this.changed = changed;
    }

    Outcome result() throws SQLException {
      if (failure != null) {
        throw failure;
      }
      if (outcome == null) {
        throw new InDoubtException(new IllegalStateException("the thread that committed died"));
      }
      return outcome;
    }
  }
}
