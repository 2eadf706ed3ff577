package dev.provisioner.jdbc.queue;

import static dev.provisioner.jdbc.queue.Cluster.LONG;
import static dev.provisioner.jdbc.queue.Cluster.await;
import static dev.provisioner.jdbc.queue.Cluster.ended;
import static dev.provisioner.jdbc.queue.Cluster.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.engine.Run;
import dev.provisioner.error.RefusedException;
import dev.provisioner.jdbc.Sql;
import dev.provisioner.jdbc.queue.Cluster.Node;
import dev.provisioner.jdbc.queue.Job.Status;
import dev.provisioner.plan.Plan;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.state.Summary.Lifecycle;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.Hold;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the queue promises, on every database. */
@Timeout(180)
interface JobQueueContract {
  /** Returns an empty database. */
  DataSource dataSource();

  // ---- submitting

  @Test
  default void aJobIsDone() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      Job submitted = node.queue().submit(cluster.provision("acme", "1").id("order-4711"));
      assertThat(submitted.status()).isEqualTo(Status.WAITING);
      Job job = ended(node.queue(), "order-4711");
      assertThat(job.status()).isEqualTo(Status.SUCCEEDED);
      assertThat(job.run()).isEqualTo("order-4711");
      assertThat(job.message()).startsWith("Provision of tenant acme succeeded.");
      assertThat(cluster.values("acme")).containsExactly("1");
      assertThat(node.engine().output(cluster.plan, TenantId.of("acme"), cluster.thing))
          .isPresent();
    }
  }

  @Test
  default void aRequestThatIsSubmittedAgainIsDoneOnce() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      node.queue().submit(cluster.provision("acme", "1").id("one"));
      ended(node.queue(), "one");
      node.queue().submit(cluster.provision("acme", "2").id("two"));
      ended(node.queue(), "two");
      assertThat(node.queue().submit(cluster.provision("acme", "1").id("one")).status())
          .isEqualTo(Status.SUCCEEDED);
      assertThat(node.queue().latest(cluster.plan, TenantId.of("acme"), 10))
          .extracting(Job::id)
          .containsExactly("two", "one");
      assertThat(cluster.values("acme")).containsExactly("1", "2");
    }
  }

  @Test
  default void anIdThatAnotherRequestHasIsRefused() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(0));
      node.queue().submit(cluster.provision("acme", "1").id("one"));
      assertThatThrownBy(() -> node.queue().submit(cluster.provision("acme", "2").id("one")))
          .isInstanceOf(RefusedException.class)
          .hasMessage(
              "Job 'one' is there already and asks for something else: PROVISION of 'plan' for"
                  + " acme with another input. Give each request an id of its own. [tenant=acme"
                  + " plan=plan]");
      assertThatThrownBy(() -> node.queue().submit(cluster.provision("eve", "1").id("one")))
          .isInstanceOf(RefusedException.class);
    }
  }

  @Test
  default void aPlanThatTheEngineDoesNotKnowIsRefused() throws Exception {
    try (Cluster cluster = new Cluster();
        Cluster other = new Cluster()) {
      Node node = cluster.node(dataSource());
      assertThatThrownBy(() -> node.queue().submit(other.provision("acme", "1")))
          .isInstanceOf(RefusedException.class)
          .hasMessage(
              "Plan 'plan' is not registered with the queue's engine. Pass that very object to"
                  + " ProvisioningEngine.builder(...).plans(...). [plan=plan]");
      assertThat(node.queue().status().waiting()).isZero();
    }
  }

  @Test
  default void manyAreSubmittedAtOnceAndEachIsDoneOnce() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(32));
      List<JobRequest> requests =
          IntStream.range(0, 600).mapToObj(i -> cluster.provision("t" + i % 300, "" + i)).toList();
      List<Job> jobs = node.queue().submitAll(requests);
      assertThat(jobs)
          .extracting(Job::id)
          .isEqualTo(requests.stream().map(JobRequest::id).toList());
      for (Job job : jobs) {
        assertThat(ended(node.queue(), job.id()).status()).isEqualTo(Status.SUCCEEDED);
      }
      for (int i = 0; i < 300; i++) {
        assertThat(cluster.values("t" + i)).containsExactly("" + i, "" + (i + 300));
      }
      QueueStatus status = node.queue().status();
      assertThat(status.waiting() + status.running() + status.delayed()).isZero();
    }
  }

  @Test
  default void ofRequestsThatAreSubmittedTogetherAllAreThereOrNone() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(0));
      node.queue().submit(cluster.provision("acme", "1").id("taken"));
      List<JobRequest> requests =
          List.of(cluster.provision("a", "1").id("new"), cluster.provision("b", "1").id("new"));
      assertThatThrownBy(() -> node.queue().submitAll(requests))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("At most 10000 requests are submitted at once, and their ids differ.");
      assertThat(node.queue().find("new")).isEmpty();
    }
  }

  @Test
  default void inputsAreSealedInTheQueue() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(0));
      node.queue().submit(cluster.provision("acme", "in-clear").id("one"));
      String text = dump(dataSource());
      assertThat(text).contains("in-clear").doesNotContain("canary");
      Node worker = cluster.node(dataSource());
      ended(worker.queue(), "one");
      assertThat(dump(dataSource())).doesNotContain("in-clear");
    }
  }

  private static String dump(DataSource dataSource) throws Exception {
    try (Connection connection = dataSource.getConnection()) {
      boolean h2 = connection.getMetaData().getDatabaseProductName().equals("H2");
      String text = h2 ? "UTF8TOSTRING(input)" : "convert_from(input, 'UTF8')";
      return String.join(
          "\n", Sql.query(dataSource, "SELECT coalesce(" + text + ", '') FROM provisioner_job"));
    }
  }

  @Test
  default void inputsThatWaitAreSealedAnew() throws Exception {
    byte[] k1 = AesGcmCipher.generateKey();
    byte[] k2 = AesGcmCipher.generateKey();
    byte[] fingerprints = AesGcmCipher.generateKey();
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      AesGcmCipher old = AesGcmCipher.builder("k1", k1).fingerprintKey(fingerprints).build();
      AesGcmCipher both =
          AesGcmCipher.builder("k2", k2).olderKey("k1", k1).fingerprintKey(fingerprints).build();
      AesGcmCipher now = AesGcmCipher.builder("k2", k2).fingerprintKey(fingerprints).build();
      Node before =
          cluster.node(
              dataSource,
              queue -> queue.workers(0),
              engine -> engine.cipher(old).plans(cluster.plan));
      for (int i = 0; i < 300; i++) {
        before.queue().submit(cluster.provision("t" + i, "1").id("job" + i));
      }
      assertThat(before.queue().keysInUse()).containsExactly(Map.entry("k1", 300));
      before.close();
      Node rotating =
          cluster.node(
              dataSource,
              queue -> queue.workers(0),
              engine -> engine.cipher(both).plans(cluster.plan));
      assertThat(rotating.queue().reseal()).containsExactly(Map.entry("k2", 300));
      rotating.close();
      Node after =
          cluster.node(
              dataSource, queue -> queue, engine -> engine.cipher(now).plans(cluster.plan));
      assertThat(ended(after.queue(), "job299").status()).isEqualTo(Status.SUCCEEDED);
    }
  }

  // ---- in a transaction of the caller's

  @Test
  default void aJobIsThereIfAndWhenTheCallersTransactionCommits() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      try (Connection connection = dataSource().getConnection()) {
        connection.setAutoCommit(false);
        node.queue().submit(connection, cluster.provision("acme", "1").id("undone"));
        connection.rollback();
        node.queue().submit(connection, cluster.provision("acme", "2").id("done"));
        assertThat(node.queue().find("done")).isEmpty();
        connection.commit();
      }
      assertThat(ended(node.queue(), "done").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(node.queue().find("undone")).isEmpty();
      assertThat(cluster.values("acme")).containsExactly("2");
    }
  }

  @Test
  default void aTransactionThatStaysOpenHoldsUpNobody() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      try (Connection connection = dataSource().getConnection()) {
        connection.setAutoCommit(false);
        node.queue().submit(connection, cluster.provision("acme", "last").id("last"));
        for (int i = 0; i < 3; i++) {
          node.queue().submit(cluster.provision("acme", "" + i).id("job" + i));
          assertThat(ended(node.queue(), "job" + i).status()).isEqualTo(Status.SUCCEEDED);
        }
        connection.commit();
      }
      node.queue().wake();
      ended(node.queue(), "last");
      assertThat(cluster.values("acme")).containsExactly("0", "1", "2", "last");
    }
  }

  @Test
  default void aConnectionThatCommitsByItselfIsRefused() throws Exception {
    try (Cluster cluster = new Cluster();
        Connection connection = dataSource().getConnection()) {
      Node node = cluster.node(dataSource());
      connection.setAutoCommit(true);
      assertThatThrownBy(() -> node.queue().submit(connection, cluster.provision("acme", "1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "The connection commits each statement by itself, so there is no transaction to"
                  + " submit in. Use submit(request).");
    }
  }

  // ---- order

  @Test
  default void theJobsOfATenantAreDoneOneAfterTheOther() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      List<Node> nodes = List.of(cluster.node(dataSource), cluster.node(dataSource));
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        nodes.get(i % 2).queue().submit(cluster.provision("acme", "" + i).id("job" + i));
        expected.add("" + i);
      }
      for (int i = 0; i < 40; i++) {
        assertThat(ended(nodes.get(0).queue(), "job" + i).status()).isEqualTo(Status.SUCCEEDED);
      }
      assertThat(cluster.values("acme")).isEqualTo(expected);
    }
  }

  @Test
  default void aTenantWithManyJobsDoesNotStarveTheOthers() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(1));
      Hold hold = cluster.cloud.faults().on(CloudOperation.CREATE, "busy").block();
      List<JobRequest> burst =
          IntStream.range(0, 300).mapToObj(i -> cluster.provision("busy", "" + i)).toList();
      node.queue().submitAll(burst);
      hold.awaitReached(LONG);
      node.queue().submit(cluster.provision("quiet", "1").id("quiet"));
      hold.release();
      Job quiet = ended(node.queue(), "quiet");
      assertThat(quiet.status()).isEqualTo(Status.SUCCEEDED);
      long before =
          node.queue().latest(cluster.plan, TenantId.of("busy"), 1_000).stream()
              .map(Job::endedAt)
              .filter(at -> at != null && quiet.endedAt() != null && !at.isAfter(quiet.endedAt()))
              .count();
      assertThat(before).isBetween(1L, 3L);
    }
  }

  @Test
  default void urgentJobsAreTakenFirst() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(0));
      node.queue().submit(cluster.provision("low", "1").id("low").priority(-5));
      node.queue().submit(cluster.provision("usual", "1").id("usual"));
      node.queue().submit(cluster.provision("urgent", "1").id("urgent").priority(10));
      Node worker = cluster.node(dataSource(), queue -> queue.workers(1));
      for (String id : List.of("low", "usual", "urgent")) {
        ended(worker.queue(), id);
      }
      assertThat(cluster.cloud.effects())
          .extracting(effect -> effect.resource().name())
          .containsExactly("urgent", "usual", "low");
    }
  }

  @Test
  default void aDelayedJobBeginsAtItsTimeAndHoldsUpNoOther() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      Instant before = Instant.now();
      node.queue()
          .submit(cluster.provision("acme", "later").id("later").delay(Duration.ofSeconds(2)));
      node.queue().submit(cluster.provision("acme", "now").id("now"));
      ended(node.queue(), "now");
      assertThat(node.queue().status().delayed()).isEqualTo(1);
      ended(node.queue(), "later");
      assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofMillis(1_900));
      assertThat(cluster.values("acme")).containsExactly("now", "later");
      node.queue()
          .submit(
              cluster
                  .provision("acme", "past")
                  .id("past")
                  .notBefore(Instant.parse("2020-01-01T00:00:00Z")));
      assertThat(ended(node.queue(), "past").notBefore()).isEqualTo("2020-01-01T00:00:00Z");
    }
  }

  // ---- ends

  @Test
  default void aFailedJobSaysWhyAndTheNextIsDone() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      cluster.cloud.faults().on(CloudOperation.CREATE, "acme").failBefore(CloudFailure.PERMANENT);
      node.queue()
          .submitAll(
              List.of(
                  cluster.provision("acme", "1").id("bad"),
                  cluster.provision("acme", "2").id("good")));
      Job bad = ended(node.queue(), "bad");
      assertThat(bad.status()).isEqualTo(Status.FAILED);
      assertThat(bad.message()).contains("The cloud refuses, by script");
      assertThat(ended(node.queue(), "good").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(cluster.values("acme")).containsExactly("2");
    }
  }

  @Test
  default void aTenantIsDeprovisionedAndPurged() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      TenantId acme = TenantId.of("acme");
      node.queue()
          .submitAll(
              List.of(
                  cluster.provision("acme", "1").id("come"),
                  JobRequest.deprovision(cluster.plan, acme).id("go").retention(Duration.ofDays(9)),
                  JobRequest.purge(cluster.plan, acme).id("gone"),
                  JobRequest.purge(cluster.plan, TenantId.of("nobody")).id("nobody")));
      assertThat(ended(node.queue(), "go").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(ended(node.queue(), "gone").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(node.engine().status(cluster.plan, acme))
          .get()
          .extracting(status -> status.lifecycle())
          .isEqualTo(Lifecycle.PURGED);
      Job nobody = ended(node.queue(), "nobody");
      assertThat(nobody.status()).isEqualTo(Status.FAILED);
      assertThat(nobody.message())
          .isEqualTo(
              "Nothing is recorded of this tenant. Provision it first. [tenant=nobody plan=plan]");
    }
  }

  @Test
  default void aJobThatWaitsIsCancelled() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      Hold hold = cluster.cloud.faults().on(CloudOperation.CREATE, "acme").block();
      node.queue().submit(cluster.provision("acme", "1").id("one"));
      hold.awaitReached(LONG);
      node.queue().submit(cluster.provision("acme", "2").id("two"));
      node.queue().submit(cluster.provision("acme", "3").id("three"));
      assertThat(node.queue().cancel("two")).isTrue();
      hold.release();
      ended(node.queue(), "three");
      Job two = ended(node.queue(), "two");
      assertThat(two.status()).isEqualTo(Status.CANCELLED);
      assertThat(two.message()).isEqualTo("It was cancelled before it began.");
      assertThat(cluster.values("acme")).containsExactly("1", "3");
      assertThat(node.queue().cancel("two")).isFalse();
      assertThat(node.queue().cancel("unknown")).isFalse();
    }
  }

  @Test
  default void aJobWhoseTurnItIsIsCancelledBeforeItBegins() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node idle = cluster.node(dataSource(), queue -> queue.workers(0));
      idle.queue().submit(cluster.provision("acme", "1").id("one"));
      idle.queue().submit(cluster.provision("acme", "2").id("two"));
      assertThat(idle.queue().cancel("one")).isTrue();
      Node worker = cluster.node(dataSource());
      assertThat(ended(worker.queue(), "one").status()).isEqualTo(Status.CANCELLED);
      assertThat(ended(worker.queue(), "two").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(cluster.values("acme")).containsExactly("2");
    }
  }

  @Test
  default void aJobWhoseRunIsUnderWayIsStoppedFromAnyNode() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Node node = cluster.node(dataSource);
      Node other = cluster.node(dataSource, queue -> queue.workers(0));
      node.queue()
          .submit(JobRequest.provision(cluster.gated, TenantId.of("acme"), order("1")).id("one"));
      await(() -> node.queue().find("one").orElseThrow().status() == Status.RUNNING);
      assertThat(other.queue().cancel("one")).isTrue();
      assertThat(ended(node.queue(), "one").status()).isEqualTo(Status.CANCELLED);
    }
  }

  // ---- runs that take long

  @Test
  default void aRunThatWaitsTakesNoWorker() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(1));
      for (String tenant : List.of("a", "b", "c")) {
        node.queue()
            .submit(
                JobRequest.provision(cluster.gated, TenantId.of(tenant), order("1")).id(tenant));
      }
      await(() -> node.queue().status().running() == 3);
      node.queue().submit(cluster.provision("acme", "1").id("quick"));
      assertThat(ended(node.queue(), "quick").status()).isEqualTo(Status.SUCCEEDED);
      cluster.open = true;
      for (String tenant : List.of("a", "b", "c")) {
        assertThat(ended(node.queue(), tenant).status()).isEqualTo(Status.SUCCEEDED);
      }
    }
  }

  @Test
  default void aJobWaitsForARunThatWasBegunDirectly() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource());
      Hold hold = cluster.cloud.faults().on(CloudOperation.CREATE, "acme").block();
      Run direct = node.engine().provision(cluster.plan, TenantId.of("acme"), order("direct"));
      hold.awaitReached(LONG);
      node.queue().submit(cluster.provision("acme", "queued").id("one"));
      await(() -> node.queue().find("one").orElseThrow().message() != null);
      assertThat(node.queue().find("one").orElseThrow().message())
          .startsWith("It is tried again: Another run is under way.");
      hold.release();
      direct.await(LONG);
      assertThat(ended(node.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(cluster.values("acme")).containsExactly("direct", "queued");
    }
  }

  // ---- nodes

  @Test
  default void aNodeTakesOnlyJobsWhosePlanItKnows() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Node ignorant =
          cluster.node(dataSource, queue -> queue, engine -> engine.plans(cluster.gated));
      Node knowing = cluster.node(dataSource, queue -> queue.workers(0));
      knowing.queue().submit(cluster.provision("acme", "1").id("one"));
      cluster.open = true;
      ignorant
          .queue()
          .submit(JobRequest.provision(cluster.gated, TenantId.of("b"), order("1")).id("two"));
      ended(ignorant.queue(), "two");
      assertThat(ignorant.queue().find("one").orElseThrow().status()).isEqualTo(Status.WAITING);
      Node worker = cluster.node(dataSource);
      assertThat(ended(worker.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
    }
  }

  @Test
  default void aNodeWithAnOlderPlanLeavesAJobToANewerOne() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Plan<Cluster.Order> newer = Plan.of("plan", Cluster.Order.class, cluster.thing).version(2);
      Node submitting =
          cluster.node(dataSource, queue -> queue.workers(0), engine -> engine.plans(newer));
      Node old = cluster.node(dataSource);
      submitting
          .queue()
          .submit(JobRequest.provision(newer, TenantId.of("acme"), order("1")).id("one"));
      await(() -> old.queue().find("one").orElseThrow().message() != null);
      assertThat(cluster.values("acme")).isEmpty();
      old.close();
      Node upToDate = cluster.node(dataSource, queue -> queue, engine -> engine.plans(newer));
      assertThat(ended(upToDate.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
    }
  }

  @Test
  default void whatAClosedNodeWorkedOnGoesOnAtAnother() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Node first = cluster.node(dataSource);
      Hold hold = cluster.cloud.faults().on(CloudOperation.CREATE, "acme").block();
      first.queue().submit(cluster.provision("acme", "1").id("one"));
      hold.awaitReached(LONG);
      first.queue().close(Duration.ofMillis(100));
      Node second = cluster.node(dataSource);
      assertThat(second.queue().find("one").orElseThrow().status().hasEnded()).isFalse();
      hold.release();
      first.engine().close();
      assertThat(ended(second.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(cluster.values("acme")).containsExactly("1");
      assertThatThrownBy(() -> first.queue().find("one"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The queue is closed.");
    }
  }

  @Test
  default void theJobsOfADeadNodeGoOnAtAnother() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Severed severed = new Severed(dataSource);
      Node first = cluster.node(severed.dataSource());
      Hold hold = cluster.cloud.faults().on(CloudOperation.CREATE, "acme").block();
      first.queue().submit(cluster.provision("acme", "1").id("one"));
      first.queue().submit(cluster.provision("acme", "2").id("two"));
      hold.awaitReached(LONG);
      severed.cut(true);
      Node second = cluster.node(dataSource);
      assertThat(ended(second.queue(), "two").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(ended(second.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
      severed.cut(false); // as a process that was stopped and goes on
      second.queue().submit(cluster.provision("acme", "3").id("three"));
      assertThat(ended(second.queue(), "three").status()).isEqualTo(Status.SUCCEEDED);
      assertThat(cluster.values("acme")).containsExactly("1", "2", "3");
      hold.release();
    }
  }

  // ---- housekeeping

  @Test
  default void endedJobsAreForgottenAfterAWhile() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.tidyEvery(Duration.ofMillis(200)));
      node.queue().submit(cluster.provision("acme", "1").id("one"));
      ended(node.queue(), "one");
      node.queue().submit(cluster.provision("acme", "2").id("two").delay(Duration.ofDays(1)));
      Sql.execute(
          dataSource(),
          "UPDATE provisioner_job SET submitted_at = 1, not_before = not_before - 999,"
              + " ended_at = ended_at - 604800000 WHERE ended_at IS NOT NULL");
      await(() -> node.queue().find("one").isEmpty());
      assertThat(node.queue().find("two")).isPresent();
      assertThatThrownBy(() -> node.queue().await("one", Duration.ZERO))
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("There is no job 'one'.");
    }
  }

  @Test
  default void jobsWhoseRowsOfTheSchedulerWereDeletedAreDone() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Node idle = cluster.node(dataSource, queue -> queue.workers(0));
      idle.queue().submit(cluster.provision("acme", "1").id("one"));
      idle.queue().submit(cluster.provision("acme", "2").id("two"));
      Sql.execute(dataSource, "DELETE FROM provisioner_task");
      Node node = cluster.node(dataSource, queue -> queue.tidyEvery(Duration.ofMillis(200)));
      assertThat(ended(node.queue(), "two").status()).isEqualTo(Status.SUCCEEDED);
    }
  }

  @Test
  default void aTenantWhoseJobsStandStillIsLookedAfter() throws Exception {
    try (Cluster cluster = new Cluster()) {
      DataSource dataSource = dataSource();
      Node idle = cluster.node(dataSource, queue -> queue.workers(0));
      idle.queue().submit(cluster.provision("acme", "1").id("one"));
      Sql.execute(dataSource, "UPDATE provisioner_job SET status = 'WAITING', in_turn = NULL");
      Sql.execute(dataSource, "DELETE FROM provisioner_task");
      Node node = cluster.node(dataSource, queue -> queue.tidyEvery(Duration.ofMillis(200)));
      assertThat(ended(node.queue(), "one").status()).isEqualTo(Status.SUCCEEDED);
    }
  }

  @Test
  default void theStatusCountsWhatHasNotEnded() throws Exception {
    try (Cluster cluster = new Cluster()) {
      Node node = cluster.node(dataSource(), queue -> queue.workers(0));
      node.queue()
          .submitAll(
              Stream.of("a", "a", "b").map(tenant -> cluster.provision(tenant, "1")).toList());
      node.queue().submit(cluster.provision("c", "1").delay(Duration.ofDays(1)));
      QueueStatus status = node.queue().status();
      assertThat(status.delayed()).isEqualTo(1);
      assertThat(status.waiting()).isEqualTo(3);
      assertThat(status.running()).isZero();
      assertThat(status.oldest()).isLessThan(LONG);
      assertThat(status.workers()).isZero();
      Sql.execute(
          dataSource(),
          "UPDATE provisioner_job SET submitted_at = submitted_at - 3600000,"
              + " not_before = not_before - 3600000 WHERE status <> 'NEW'");
      assertThat(node.queue().status().oldest())
          .isBetween(Duration.ofHours(1), Duration.ofHours(2));
    }
  }

  @Test
  default void anEngineThatIsTooSlowToTakeOverIsRefused() throws Exception {
    try (Cluster cluster = new Cluster()) {
      assertThatThrownBy(
              () ->
                  cluster.node(
                      dataSource(),
                      queue -> queue.takeover(Duration.ofSeconds(5)),
                      engine -> engine.plans(cluster.plan).lease(Duration.ofSeconds(3))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "The engine takes up to PT5.2S to go on with what a dead one left, longer than"
                  + " takeover(PT5S). Give it a shorter lease(...) or sweepInterval(...), or the"
                  + " queue a longer takeover(...).");
    }
  }
}
