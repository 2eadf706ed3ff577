package dev.provisioner.engine;

import dev.provisioner.engine.Outcome.StepFailure;
import dev.provisioner.engine.TenantStatus.StepStatus;
import dev.provisioner.error.ErrorContext;
import dev.provisioner.event.Progress;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Outbox;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.document.Task.Goal;
import dev.provisioner.internal.document.Task.Phase;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.Ensuring;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells people and hosts how a run went and what stands. */
final class Reports {
  private final Document document;
  private final RunRecord run;
  private final String tenant;

  Reports(Document document) {
    this.document = document;
    if (document.run() == null) {
      throw new IllegalStateException("no run is recorded");
    }
    this.run = document.run();
    this.tenant = TenantId.of(document.tenant()).toString();
  }

  // ---- outcomes

  Outcome outcome(Codec codec) {
    return switch (run.status()) {
      case RUNNING, ROLLING_BACK ->
          new Outcome.StillRunning(
              new Told(run.id(), stillRunning()), progress(), document.lease() == null);
      case SUCCEEDED ->
          new Outcome.Succeeded(
              new Told(run.id(), succeeded()), changed(), new Outputs(document, codec));
      case FAILED -> new Outcome.Failed(new Told(run.id(), failed()), failures(), run.rolledBack());
      case CANCELLED -> new Outcome.Cancelled(new Told(run.id(), cancelled()));
    };
  }

  private boolean changed() {
    return run.tasks().values().stream()
        .anyMatch(
            task ->
                task.result() != null
                    && !task.result().equals("unchanged")
                    && !task.result().equals("skipped"));
  }

  private String succeeded() {
    return verb() + " of tenant " + tenant + " succeeded. " + stands() + context(null);
  }

  private String stillRunning() {
    Progress progress = progress();
    return verb()
        + " of tenant "
        + tenant
        + " is under way: "
        + progress.completed()
        + " of "
        + progress.total()
        + " done, at work on "
        + progress.current()
        + context(null);
  }

  private String cancelled() {
    return verb()
        + " of tenant "
        + tenant
        + " was cancelled. "
        + stands()
        + (run.rolledBack()
            ? " It had not begun; provision again to have it done."
            : " Resume the run to go on, or deprovision '" + tenant + "' to undo.")
        + context(null);
  }

  private String failed() {
    StringBuilder text = new StringBuilder();
    for (Failure failure : allFailures()) {
      text.append(failure.message()).append(context(failure)).append('\n');
    }
    text.append(stands()).append(' ').append(next());
    return text.toString();
  }

  private String next() {
    if (run.rolledBack()) {
      return "Everything this run did was undone."
          + lost()
          + " Mend the cause and provision again.";
    }
    if (run.kind() != RunRecord.Kind.PROVISION) {
      return "Mend the cause and resume the run.";
    }
    return "Mend the cause and resume the run, or deprovision '" + tenant + "' to undo.";
  }

  private String lost() {
    List<String> again =
        run.tasks().values().stream()
            .filter(task -> Ensuring.MADE_AGAIN.equals(task.result()))
            .map(task -> "'" + task.step() + "'")
            .toList();
    return again.isEmpty()
        ? ""
        : " What these steps held is lost, since they had to be made again: " + list(again) + ".";
  }

  private String stands() {
    List<String> made = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    document
        .steps()
        .forEach(
            (name, record) -> {
              Resource current = record.current();
              if (current != null && current.status() == Resource.Status.MADE) {
                made.add("'" + name + "'");
              } else if (!record.empty()) {
                unknown.add("'" + name + "'");
              }
            });
    if (made.isEmpty() && unknown.isEmpty()) {
      return "Nothing stands.";
    }
    String text =
        made.isEmpty() ? "No step is provisioned." : "Provisioned and kept: " + list(made) + ".";
    return unknown.isEmpty() ? text : text + " Begun and not finished: " + list(unknown) + ".";
  }

  private static String list(List<String> names) {
    int shown = Math.min(names.size(), 12);
    String text = String.join(", ", names.subList(0, shown));
    return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
  }

  private String context(@Nullable Failure failure) {
    return " "
        + new ErrorContext(
            tenant,
            document.plan(),
            failure == null ? null : failure.step(),
            run.id(),
            failure == null ? null : failure.attempt());
  }

  private String verb() {
    String verb = run.kind().verb();
    return verb.substring(0, 1).toUpperCase(Locale.ROOT) + verb.substring(1);
  }

  private List<Failure> allFailures() {
    List<Failure> all = new ArrayList<>();
    if (run.failure() != null) {
      all.add(run.failure());
    }
    for (Task task : run.tasks().values()) {
      Failure error = task.error();
      if (task.phase() == Phase.FAILED && error != null && !all.contains(error)) {
        all.add(error);
      }
    }
    return all;
  }

  private List<StepFailure> failures() {
    return allFailures().stream()
        .map(
            failure ->
                new StepFailure(
                    failure.step() == null ? "" : failure.step(),
                    StepFailure.Kind.valueOf(failure.type().name()),
                    failure.message()))
        .toList();
  }

  // ---- status

  Progress progress() {
    List<String> current = new ArrayList<>();
    int completed = 0;
    for (Task task : run.tasks().values()) {
      if (task.phase() == Phase.DONE) {
        completed++;
      } else if (current.size() < Progress.MOST_NAMED
          && !task.phase().over()
          && task.phase() != Phase.BLOCKED) {
        current.add(task.step());
      }
    }
    return new Progress(current, completed, run.tasks().size());
  }

  TenantStatus status() {
    List<StepStatus> steps = new ArrayList<>();
    document.steps().forEach((name, record) -> steps.add(status(name, record)));
    return new TenantStatus(
        TenantId.of(document.tenant()),
        document.plan(),
        document.planVersion(),
        document.lifecycle(),
        run.id(),
        run.status(),
        progress(),
        document.retainedUntil(),
        document.outbox().events().size(),
        steps);
  }

  private static StepStatus status(String name, StepRecord record) {
    Resource current = record.current();
    return current == null
        ? new StepStatus(name, "NOTHING", null, null, record.deposed().size())
        : new StepStatus(
            name,
            current.status().name(),
            current.provisioner(),
            current.name(),
            record.deposed().size());
  }

  // ---- the run as plain text

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%s of tenant %s, plan %s version %d: %s%n",
            verb(),
            tenant,
            document.plan(),
            run.planVersion(),
            run.status().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    text.append(String.format("run %s, began %s%s%n", run.id(), run.startedAt(), howLong()));
    for (Task task : run.tasks().values()) {
      text.append(line(task));
    }
    for (Failure failure : allFailures()) {
      text.append(String.format("failed: %s%s%n", failure.message(), context(failure)));
    }
    return text.append(stands()).append('\n').append(undelivered()).toString();
  }

  private String undelivered() {
    Outbox outbox = document.outbox();
    if (outbox.failing() == null && outbox.hasRoomBeside(0)) {
      return "";
    }
    String failing =
        outbox.failing() == null
            ? ""
            : String.format(
                "; '%s' failed %d time(s) in a row, next attempt at %s",
                outbox.failing(), outbox.failures(), outbox.dueAt());
    String heldBack = outbox.hasRoomBeside(0) ? "" : "; nothing new is begun until they are taken";
    return String.format(
        "%d event(s) wait for durable listeners%s%s%n", outbox.events().size(), failing, heldBack);
  }

  private String howLong() {
    Instant end = run.endedAt();
    String took = end == null ? "" : ", took " + seconds(run.startedAt(), end);
    return run.resumes() == 0 ? took : took + ", gone on with " + run.resumes() + " time(s)";
  }

  private String line(Task task) {
    String when = task.startedAt() == null ? "-" : "+" + seconds(run.startedAt(), task.startedAt());
    String took =
        task.startedAt() == null || task.endedAt() == null
            ? ""
            : seconds(task.startedAt(), task.endedAt());
    String what =
        task.phase() == Phase.DONE && task.result() != null
            ? task.result()
            : task.phase().name().toLowerCase(Locale.ROOT);
    String goal = task.goal() == Goal.ENSURE ? "" : task.goal().name().toLowerCase(Locale.ROOT);
    StringBuilder line = new StringBuilder();
    line.append(String.format("  %10s %-28s %-8s %-14s %9s", when, task.step(), goal, what, took));
    if (task.retries() > 0) {
      line.append("  retried ").append(task.retries()).append(" time(s)");
    }
    if (task.error() != null && task.phase() != Phase.FAILED) {
      line.append("  last error: ").append(task.error().message());
    }
    if (task.note() != null) {
      line.append("  ").append(task.note());
    }
    return line.toString().stripTrailing() + "\n";
  }

  private static String seconds(Instant from, Instant to) {
    return String.format(Locale.ROOT, "%.3fs", Duration.between(from, to).toMillis() / 1000.0);
  }
}
