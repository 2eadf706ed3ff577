package dev.provisioner.samples.quickstart;

import dev.provisioner.event.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the display knows of one tenant. Guarded by its board. */
final class Row {
  /** Where a tenant stands. */
  enum State {
    QUEUED,
    RUNNING,
    DONE,
    FAILED
  }

  final Customer customer;
  State state = State.QUEUED;
  int completed;
  int total;
  String verdict = "";
  final Map<String, String> current = new LinkedHashMap<>();
  final List<String> changed = new ArrayList<>();
  final List<String> endedRuns = new ArrayList<>();
  private long begun;
  private long ended;

  Row(Customer customer) {
    this.customer = customer;
  }

  void begin() {
    begun = begun == 0 ? System.nanoTime() : begun;
    ended = 0;
    state = State.RUNNING;
  }

  void progress(Progress progress) {
    completed = progress.completed();
    total = progress.total();
  }

  void end(State how) {
    ended = System.nanoTime();
    state = how;
  }

  /** Returns what is being done, step by step, or how it ended. */
  String detail() {
    if (state != State.RUNNING) {
      return state == State.QUEUED ? "waits for its turn" : verdict;
    }
    return current.entrySet().stream()
        .map(step -> step.getKey() + ": " + step.getValue())
        .collect(Collectors.joining("  "));
  }

  Duration took() {
    long until = ended == 0 ? System.nanoTime() : ended;
    return begun == 0 ? Duration.ZERO : Duration.ofNanos(until - begun);
  }
}
