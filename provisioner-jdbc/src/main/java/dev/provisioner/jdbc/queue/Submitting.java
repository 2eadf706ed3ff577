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
import java.util.List;
import java.util.Map;

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

  /** Submits requests in a transaction of its own. */
  List<Job> submit(List<JobRequest> requests) {
    List<Submission> submissions = seal(requests);
    SQLException lost = null;
    try {
      turns.submit(submissions);
    } catch (SQLException e) {
      lost = e; // a commit that was not answered may have happened
    }
    try {
      Map<String, Entry> there =
          connections.call(true, connection -> find(connection, submissions));
      if (lost == null || there.size() == submissions.size()) {
        return requireSame(submissions, there);
      }
    } catch (SQLException e) {
      if (lost == null) {
        lost = e;
      } else {
        lost.addSuppressed(e);
      }
    }
    throw failures.cannot(
        "submit job '" + submissions.get(0).request().id() + "'",
        "It may or may not have been submitted: submit it again with the same id.",
        lost);
  }

  /** Submits a request in the caller's transaction. */
  Job submit(Connection connection, JobRequest request) throws SQLException {
    List<Submission> submissions = seal(List.of(request));
    lines.insert(connection, submissions);
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

  private Map<String, Entry> find(Connection connection, List<Submission> submissions)
      throws SQLException {
    return jobs.find(
        connection, submissions.stream().map(submission -> submission.request().id()).toList());
  }

  private static List<Job> requireSame(List<Submission> submissions, Map<String, Entry> there) {
    List<Job> found = new ArrayList<>();
    for (Submission submission : submissions) {
      Entry entry = there.get(submission.request().id());
      if (entry == null) {
        throw new IllegalStateException(
            "Job '"
                + submission.request().id()
                + "' was deleted while it was submitted. Submit it again.");
      }
      requireSame(submission, entry);
      found.add(entry.job());
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
