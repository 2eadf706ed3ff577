package dev.provisioner.testkit.simulation;

import dev.provisioner.engine.EngineThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * The threads of one engine: what it begins is ready until the world chooses it, in any order. All
 * runs in the world's one thread, a piece of work that waits under those that run meanwhile.
 */
final class SimulatedThreads implements EngineThreads {
  private final LongSupplier ticker;
  private final List<Work> ready = new ArrayList<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(
          Comparator.comparingLong((Later each) -> each.due).thenComparingLong(each -> each.order));
  private boolean drivesAtOnce;
  private boolean callsAtOnce;
  private boolean dropped;
  private long order;

  private enum Role {
    DRIVE,
    CALL,
    TIMER
  }

  private record Work(Runnable work, Role role) {}

  private static final class Later implements Timer {
    private final long due;
    private final long order;
    private final Runnable work;
    private boolean cancelled;

    private Later(long due, long order, Runnable work) {
      this.due = due;
      this.order = order;
      this.work = work;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  SimulatedThreads(LongSupplier ticker) {
    this.ticker = ticker;
  }

  @Override
  public void drive(Runnable work) {
    if (!drivesAtOnce) {
      begin(new Work(work, Role.DRIVE));
      return;
    }
    drivesAtOnce = false;
    Thread.interrupted();
    try {
      work.run();
    } finally {
      Thread.currentThread().interrupt();
      drivesAtOnce = true;
    }
  }

  @Override
  public void call(Runnable work) {
    if (callsAtOnce) {
      work.run();
    } else {
      begin(new Work(work, Role.CALL));
    }
  }

  private void begin(Work work) {
    if (!dropped) {
      ready.add(work);
    }
  }

  @Override
  public Timer after(Duration delay, Runnable work) {
    Later timer = new Later(ticker.getAsLong() + delay.toNanos(), ++order, work);
    if (!dropped) {
      later.add(timer);
    }
    return timer;
  }

  /**
   * Lets a call wait for the engine, as {@code remember} does: what the engine has begun and then
   * begins runs within the call, and a wait that would last is interrupted.
   */
  void waitingForEngine(Runnable call) {
    List<Work> drives = ready.stream().filter(work -> work.role == Role.DRIVE).toList();
    ready.removeAll(drives);
    drives.forEach(drive -> drive.work().run());
    drivesAtOnce = true;
    Thread.currentThread().interrupt();
    try {
      call.run();
    } finally {
      drivesAtOnce = false;
      Thread.interrupted();
    }
  }

  /**
   * Lets a caller wait for calls to provisioners, as a drift check does. No other call may be
   * ready: it could hold the permit that those wait for.
   */
  void waitingForCalls(Runnable caller) {
    callsAtOnce = true;
    try {
      caller.run();
    } finally {
      callsAtOnce = false;
    }
  }

  /** Returns how many pieces of work could run now. */
  int ready() {
    for (Later next = later.peek(); next != null; next = later.peek()) {
      if (!next.cancelled && next.due - ticker.getAsLong() > 0) {
        break;
      }
      later.poll();
      if (!next.cancelled) {
        ready.add(new Work(next.work, Role.TIMER));
      }
    }
    return ready.size();
  }

  /** Takes a piece of work that is ready. */
  Runnable take(int place) {
    return ready.remove(place).work();
  }

  /** Takes the first call that is ready. */
  Optional<Runnable> takeCall() {
    Optional<Work> call = ready.stream().filter(work -> work.role == Role.CALL).findFirst();
    call.ifPresent(ready::remove);
    return call.map(Work::work);
  }

  /** Returns the nanoseconds until the next timer is due, or a very long time. */
  long untilNextTimer() {
    while (later.peek() != null && later.peek().cancelled) {
      later.poll();
    }
    Later next = later.peek();
    return next == null ? Long.MAX_VALUE : Math.max(0, next.due - ticker.getAsLong());
  }

  /** Forgets all work, and all that comes: the process was killed. */
  void drop() {
    dropped = true;
    ready.clear();
    later.clear();
  }

  @Override
  public void close(Duration patience) {
    drop();
  }
}
