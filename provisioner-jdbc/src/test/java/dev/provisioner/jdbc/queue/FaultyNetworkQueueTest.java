package dev.provisioner.jdbc.queue;

import static dev.provisioner.jdbc.queue.Cluster.ended;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.jdbc.Pools;
import dev.provisioner.jdbc.Postgres;
import dev.provisioner.jdbc.queue.Cluster.Node;
import dev.provisioner.jdbc.queue.Job.Status;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import dev.provisioner.testkit.tcp.TcpFault;
import dev.provisioner.testkit.tcp.TcpFaultProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A queue whose network to PostgreSQL loses, withholds and delays. */
@RequiresPart(RealPart.POSTGRESQL)
@ExtendWith(Postgres.class)
@Timeout(120)
final class FaultyNetworkQueueTest {
  private final TcpFaultProxy proxy;
  private final HikariDataSource pool;
  private final Cluster cluster = new Cluster();

  FaultyNetworkQueueTest(Postgres.Server server) throws Exception {
    String url = server.newDatabase();
    proxy = Pools.proxy(url);
    pool = Pools.hikari(Pools.through(proxy, url), 20);
  }

  @AfterEach
  void close() throws Exception {
    proxy.resetAll(); // or closing would wait for what is half open
    cluster.close();
    pool.close();
    proxy.close();
  }

  private Node node() {
    return cluster.node(pool, queue -> queue.queryTimeout(Duration.ofSeconds(1)));
  }

  private static boolean isSubmission(String sent) {
    return sent.contains("INSERT INTO") && sent.contains("fingerprint");
  }

  /** Whether db-scheduler looks for what is due. */
  private static boolean isPoll(String sent) {
    return sent.contains("SKIP LOCKED") && sent.contains("picked_by");
  }

  /** Submits a request, again if its outcome is not known. */
  private static void submit(Node node, JobRequest request) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        node.queue().submit(request);
        return;
      } catch (StateStoreException e) {
        assertThat(e).hasMessageContaining("submit it again with the same id");
      }
    }
  }

  private static Job endedAtLast(Node node, String id) throws InterruptedException {
    while (true) {
      try {
        return ended(node.queue(), id);
      } catch (StateStoreException e) {
        assertThat(e).hasMessageContaining("Nothing was changed.");
        Thread.sleep(20);
      }
    }
  }

  @Test
  void aSubmissionWhoseAnswerIsLostIsReadBackAndDoneOnce() throws Exception {
    Node node = node();
    proxy.next(FaultyNetworkQueueTest::isSubmission, TcpFault.loseAnswer());
    node.queue().submit(cluster.provision("acme", "1").id("one"));
    assertThat(proxy.allHappened()).isTrue();
    assertThat(ended(node.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
    assertThat(cluster.values("acme")).containsExactly("1");
  }

  @Test
  void aNodeWhoseLookForDueJobsIsHalfOpenLooksAgain() throws Exception {
    Node node = node();
    proxy.next(FaultyNetworkQueueTest::isPoll, TcpFault.halfOpen());
    while (!proxy.allHappened()) {
      Thread.sleep(10);
    }
    node.queue().submit(cluster.provision("acme", "1").id("one"));
    assertThat(ended(node.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
  }

  @Test
  void whatIsLostAndWithheldWhileJobsAreDoneIsMadeUpFor() throws Exception {
    Node node = node();
    for (int i = 0; i < 40; i++) {
      submit(node, cluster.provision("t" + i % 10, "" + i).id("job-" + i));
      if (i % 4 == 0) {
        proxy.next(sent -> true, TcpFault.loseAnswer(), TcpFault.reset());
      } else if (i % 10 == 1) {
        proxy.next(sent -> true, TcpFault.halfOpen(), TcpFault.withholdAnswer());
      }
    }
    for (int i = 0; i < 40; i++) {
      assertThat(endedAtLast(node, "job-" + i).status()).isEqualTo(Status.SUCCEEDED);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(cluster.values("t" + i))
          .containsExactly("" + i, "" + (i + 10), "" + (i + 20), "" + (i + 30));
    }
  }
}
