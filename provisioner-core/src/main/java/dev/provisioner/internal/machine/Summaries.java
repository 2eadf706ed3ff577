package dev.provisioner.internal.machine;

import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.Task;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Says in a line how a run ended. */
final class Summaries {
  private Summaries() {}

  static String of(Draft draft) {
    RunRecord run = draft.run();
    Map<String, Long> results =
        draft.tasks().stream()
            .filter(task -> task.phase() == Task.Phase.DONE)
            .collect(
                Collectors.groupingBy(
                    task -> task.result() == null ? "done" : task.result(),
                    TreeMap::new,
                    Collectors.counting()));
    String counts =
        results.entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    String head = run.kind().verb() + " " + run.status().name().toLowerCase(java.util.Locale.ROOT);
    String detail = counts.isEmpty() ? "" : ": " + counts;
    String why = run.failure() == null ? "" : "; " + run.failure().message();
    return head + detail + why;
  }
}
