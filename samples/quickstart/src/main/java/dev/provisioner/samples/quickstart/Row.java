package dev.provisioner.samples.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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
  String detail = "";
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

  void end(State how) {
    ended = System.nanoTime();
    state = how;
  }

  Duration took() {
    long until = ended == 0 ? System.nanoTime() : ended;
    return begun == 0 ? Duration.ZERO : Duration.ofNanos(until - begun);
  }
}
