package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.RefusedException;
import dev.provisioner.jdbc.internal.Connections;
import dev.provisioner.jdbc.internal.Failures;
import dev.provisioner.plan.Plan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How requests become jobs. Thread-safe. */
final class Submitting {
  private final ProvisioningEngine engine;
  private final Connections connections;
  private final Failures failures;
  private final JobTable jobs;
  private final Lines lines;
  private final Turns turns;

  Submitting(
      ProvisioningEngine engine,
      Connections connections,
      Failures failures,
      JobTable jobs,
      Lines lines,
      Turns turns) {
    this.engine = engine;
    this.connections = connections;
    this.failures = failures;
    this.jobs = jobs;
    this.lines = lines;
    this.turns = turns;
  }

  /** Submits requests in a transaction of its own, and hands over what may begin at once. */
  List<Job> submit(List<JobRequest> requests) {
    List<Submission> submissions = seal(requests);
    List<Entry> entries;
    try {
      entries =
          turns.inTransaction(
              connection -> {
                turns.give(connection, insert(connection, submissions));
                return find(connection, submissions);
              });
    } catch (SQLException e) {
      entries = readBack(submissions, e);
    }
    return requireSame(submissions, entries);
  }

  /** Submits a request in the caller's transaction, in which it locks nothing that is there. */
  Job submit(Connection connection, JobRequest request) throws SQLException {
    List<Submission> submissions = seal(List.of(request));
    insert(connection, submissions);
    return requireSame(submissions, find(connection, submissions)).get(0);
  }

  private List<Submission> seal(List<JobRequest> requests) {
    List<Submission> submissions = new ArrayList<>();
    for (JobRequest request : requests) {
      requireRegistered(request.plan());
      submissions.add(new Submission(request, request.seal(engine)));
    }
    return submissions;
  }

  private void requireRegistered(Plan<?> plan) {
    if (engine.plans().stream().noneMatch(known -> known == plan)) {
      throw new RefusedException(
          "Plan '"
              + plan.name()
              + "' is not registered with the queue's engine. Pass that very object to"
              + " ProvisioningEngine.builder(...).plans(...).",
          new ErrorContext(null, plan.name(), null, null, null));
    }
  }

  /** Inserts what is not there. Returns the lanes of the rest. */
  private Set<Lane> insert(Connection connection, List<Submission> submissions)
      throws SQLException {
    Set<Lane> lanes = new HashSet<>();
    for (Submission submission : submissions) {
      if (lines.insert(connection, submission)) {
        JobRequest request = submission.request();
        lanes.add(new Lane(request.plan().name(), request.tenant()));
      }
    }
    return lanes;
  }

  private List<Entry> find(Connection connection, List<Submission> submissions)
      throws SQLException {
    List<Entry> entries = new ArrayList<>();
    for (Submission submission : submissions) {
      jobs.find(connection, submission.request().id()).ifPresent(entries::add);
    }
    return entries;
  }

  /** A commit that was not answered may have happened. */
  private List<Entry> readBack(List<Submission> submissions, SQLException lost) {
    try {
      List<Entry> there = connections.call(true, connection -> find(connection, submissions));
      if (there.size() == submissions.size()) {
        return there;
      }
    } catch (SQLException e) {
      lost.addSuppressed(e);
    }
    throw failures.cannot(
        "submit job '" + submissions.get(0).request().id() + "'",
        "It may or may not have been submitted: submit it again with the same id.",
        lost);
  }

  private static List<Job> requireSame(List<Submission> submissions, List<Entry> entries) {
    if (entries.size() < submissions.size()) {
      throw new IllegalStateException(
          "A job with the id of one of the requests was deleted while they were submitted. Submit"
              + " them again.");
    }
    List<Job> found = new ArrayList<>();
    for (int i = 0; i < submissions.size(); i++) {
      requireSame(submissions.get(i), entries.get(i));
      found.add(entries.get(i).job());
    }
    return found;
  }

  private static void requireSame(Submission submission, Entry there) {
    if (!submission.isSameAs(there)) {
      Job job = there.job();
      JobRequest request = submission.request();
      throw new RefusedException(
          "Job '"
              + request.id()
              + "' is there already and asks for something else: "
              + job.kind()
              + " of '"
              + job.plan()
              + "' for "
              + job.tenant()
              + (job.kind() == request.kind() ? " with another input" : "")
              + ". Give each request an id of its own.",
          ErrorContext.of(request.tenant().toString(), request.plan().name()));
    }
  }
}
