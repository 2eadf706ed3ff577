package dev.provisioner.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.jdbc.internal.InDoubtException;
import dev.provisioner.jdbc.internal.Write;
import dev.provisioner.jdbc.internal.Write.Outcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Writes that come while another is committed travel together, and each is told its own outcome.
 */
@Timeout(60)
final class GroupCommitTest {
  private final List<List<String>> groups = new CopyOnWriteArrayList<>();
  private final Map<String, SQLException> refused = new ConcurrentHashMap<>();
  private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
  private final Semaphore arrived = new Semaphore(0);
  private final Semaphore released = new Semaphore(0);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile GroupCommit.Commit commit = this::commit;
  private final GroupCommit group =
      new GroupCommit(writes -> commit.run(writes), TimeUnit.MINUTES.toNanos(1));

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private List<Outcome> commit(List<Write> writes) throws SQLException {
    List<String> tenants = writes.stream().map(write -> write.key().tenant().value()).toList();
    groups.add(tenants);
    arrived.release();
    released.acquireUninterruptibly();
    for (String tenant : tenants) {
      SQLException failure = refused.get(tenant);
      if (failure != null) {
        throw failure;
      }
    }
    return tenants.stream().map(tenant -> outcomes.getOrDefault(tenant, Outcome.WRITTEN)).toList();
  }

  private Future<Outcome> write(String tenant) {
    return write(tenant, new byte[1]);
  }

  private Future<Outcome> write(String tenant, byte[] content) {
    Write write = new Write(Sample.key(tenant), null, UUID.randomUUID(), Sample.document(content));
    return threads.submit(() -> group.write(write));
  }

  /** Begins the first commit, and lets these queue behind it in this order. */
  private List<Future<Outcome>> behindTheFirst(String... tenants) throws Exception {
    List<Future<Outcome>> writes = new ArrayList<>(List.of(write("first")));
    arrived.acquire();
    for (String tenant : tenants) {
      int before = group.queued();
      writes.add(write(tenant));
      awaitQueued(before + 1);
    }
    return writes;
  }

  private void awaitQueued(int wanted) throws InterruptedException {
    while (group.queued() < wanted) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void whatComesDuringACommitTravelsTogetherInTheNext() throws Exception {
    List<Future<Outcome>> writes = behindTheFirst("a", "b", "c");
    released.release(2);
    for (Future<Outcome> write : writes) {
      assertThat(write.get()).isEqualTo(Outcome.WRITTEN);
    }
    assertThat(groups).containsExactly(List.of("first"), List.of("a", "b", "c"));
  }

  @Test
  void eachIsToldItsOwnOutcome() throws Exception {
    outcomes.put("a", Outcome.LOST);
    outcomes.put("c", Outcome.BUSY);
    List<Future<Outcome>> writes = behindTheFirst("a", "b", "c");
    released.release(2);
    assertThat(writes.get(1).get()).isEqualTo(Outcome.LOST);
    assertThat(writes.get(2).get()).isEqualTo(Outcome.WRITTEN);
    assertThat(writes.get(3).get()).isEqualTo(Outcome.BUSY);
  }

  @Test
  void theOneTheDatabaseRefusesFailsAlone() throws Exception {
    refused.put("b", new SQLException("does not fit", "22001"));
    List<Future<Outcome>> writes = behindTheFirst("a", "b", "c");
    released.release(10);
    assertThat(writes.get(1).get()).isEqualTo(Outcome.WRITTEN);
    assertFails(writes.get(2), SQLException.class, "does not fit");
    assertThat(writes.get(3).get()).isEqualTo(Outcome.WRITTEN);
    assertThat(groups)
        .containsExactly(
            List.of("first"), List.of("a", "b", "c"), List.of("a"), List.of("b"), List.of("c"));
  }

  @Test
  void nobodyIsTriedAgainWhenTheOutcomeIsInDoubt() throws Exception {
    refused.put("b", new InDoubtException(new SQLException("cut", "08006")));
    List<Future<Outcome>> writes = behindTheFirst("a", "b");
    released.release(10);
    assertFails(writes.get(1), InDoubtException.class, "cut");
    assertFails(writes.get(2), InDoubtException.class, "cut");
    assertThat(groups).containsExactly(List.of("first"), List.of("a", "b"));
  }

  @Test
  void nobodyIsTriedOneByOneWhenTheDatabaseIsNotThere() throws Exception {
    refused.put("b", new SQLException("no connection", "08001"));
    List<Future<Outcome>> writes = behindTheFirst("a", "b");
    released.release(10);
    assertFails(writes.get(1), SQLException.class, "no connection");
    assertThat(groups).hasSize(2);
  }

  @Test
  void writesOfOneDocumentNeverTravelTogether() throws Exception {
    List<Future<Outcome>> writes = behindTheFirst("a", "b", "a", "c", "a");
    released.release(4);
    for (Future<Outcome> write : writes) {
      write.get();
    }
    assertThat(groups)
        .containsExactly(List.of("first"), List.of("a", "b", "c"), List.of("a"), List.of("a"));
  }

  @Test
  void aGroupIsBoundedInNumberAndBytes() throws Exception {
    String[] many = new String[150];
    for (int i = 0; i < many.length; i++) {
      many[i] = "t" + i;
    }
    List<Future<Outcome>> writes = behindTheFirst(many);
    int before = group.queued();
    for (int i = 0; i < 6; i++) {
      writes.add(write("large" + i, new byte[1 << 20]));
    }
    awaitQueued(before + 6);
    released.release(100);
    for (Future<Outcome> write : writes) {
      write.get();
    }
    assertThat(groups).extracting(List::size).containsExactly(1, 100, 54, 2);
  }

  @Test
  void ifTheLeaderDiesItsGroupIsInDoubtAndTheNextGoesOn() throws Exception {
    AtomicBoolean dies = new AtomicBoolean();
    GroupCommit.Commit before = commit;
    commit =
        writes -> {
          List<Outcome> done = before.run(writes);
          if (dies.get() && writes.size() > 1) {
            throw new StackOverflowError("simulated");
          }
          return done;
        };
    dies.set(true);
    List<Future<Outcome>> writes = behindTheFirst("a", "b");
    released.release();
    arrived.acquire();
    Future<Outcome> next = write("next");
    awaitQueued(1);
    released.release(2);
    assertFails(writes.get(1), StackOverflowError.class, "simulated");
    assertFails(writes.get(2), InDoubtException.class, "the thread that committed died");
    assertThat(next.get()).isEqualTo(Outcome.WRITTEN);
  }

  @Test
  void anErrorOfTheDriverIsInDoubt() throws Exception {
    commit =
        writes -> {
          throw new IllegalStateException("a bug of the driver");
        };
    assertFails(write("a"), InDoubtException.class, "a bug of the driver");
  }

  @Test
  void anInterruptEndsNoWriteAndIsKept() throws Exception {
    List<Future<Outcome>> writes = behindTheFirst();
    AtomicBoolean kept = new AtomicBoolean();
    Write write = new Write(Sample.key("a"), null, UUID.randomUUID(), Sample.document(new byte[1]));
    List<Outcome> told = new CopyOnWriteArrayList<>();
    Thread follower =
        new Thread(
            () -> {
              try {
                told.add(group.write(write));
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
              kept.set(Thread.currentThread().isInterrupted());
            });
    follower.start();
    awaitQueued(1);
    follower.interrupt();
    released.release(2);
    follower.join();
    assertThat(writes.get(0).get()).isEqualTo(Outcome.WRITTEN);
    assertThat(told).containsExactly(Outcome.WRITTEN);
    assertThat(kept).isTrue();
  }

  private static void assertFails(
      Future<Outcome> write, Class<? extends Throwable> type, String message) {
    assertThatThrownBy(write::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(type)
        .hasMessage(message);
  }
}
