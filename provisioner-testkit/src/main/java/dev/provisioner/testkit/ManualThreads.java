package dev.provisioner.testkit;

import dev.provisioner.engine.EngineThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads of an engine that run nothing by themselves: what the engine begins waits in a queue, and
 * the test runs it in its own thread, in order, when it wants. Time passes on a {@link
 * SettableClock}. So a run is the same every time, an engine whose work is not run is one that is
 * paused, and one whose work is {@linkplain #drop() dropped} is one that was killed.
 *
 * <pre>{@code
 * Run run = engine.provision(plan, tenant, input);
 * threads.runUntil(() -> ended(run), Duration.ofMinutes(5)); // of the settable clock
 * }</pre>
 *
 * <p>Work runs in the order in which it was begun; but with {@link #drivingWithinCalls} engine work
 * runs before and within provisioners' calls, which may wait for it.
 *
 * <p>Thread-safe, though meant for one thread; what it runs throws to whoever runs it.
 */
public final class ManualThreads implements EngineThreads {
  private final SettableClock clock;
  private final LongSupplier ticker;
  // All guarded by this.
  private final Deque<Work> ready = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(
          Comparator.comparingLong((Later each) -> each.due).thenComparingLong(each -> each.order));
  private final boolean withinCalls;
  private @Nullable Thread calling;
  private long order;
  private boolean closed;

  private record Work(Runnable work, boolean call) {}

  private static final class Later implements Timer {
    private final long due;
    private final long order;
    private final Runnable work;
    private volatile boolean cancelled;

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

  private ManualThreads(SettableClock clock, boolean withinCalls) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.ticker = clock.ticker();
    this.withinCalls = withinCalls;
  }

  /** Returns threads whose timers follow this clock. */
  public static ManualThreads on(SettableClock clock) {
    return new ManualThreads(clock, false);
  }

  /**
   * Returns threads on which no engine work waits while a provisioner's call runs: what is ready
   * runs before the call, and what the call begins, at once within it. Needed for provisioners that
   * {@code remember}, which wait for the engine.
   */
  public static ManualThreads drivingWithinCalls(SettableClock clock) {
    return new ManualThreads(clock, true);
  }

  @Override
  public void drive(Runnable work) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (!withinCalls || calling != Thread.currentThread()) {
        ready.add(new Work(work, false));
        return;
      }
    }
    work.run();
  }

  @Override
  public synchronized void call(Runnable work) {
    if (!closed) {
      ready.add(new Work(work, true));
    }
  }

  @Override
  public synchronized Timer after(Duration delay, Runnable work) {
    Later timer = new Later(ticker.getAsLong() + delay.toNanos(), ++order, work);
    if (!closed) {
      later.add(timer);
    }
    return timer;
  }

  /** Runs the next piece of work that is ready. Returns whether there was one. */
  public boolean runNext() {
    Work next;
    synchronized (this) {
      timersToReady();
      next = take();
      if (next == null) {
        return false;
      }
    }
    run(next);
    return true;
  }

  /** A call would wait in vain for engine work that waits behind it. */
  private @Nullable Work take() {
    if (withinCalls) {
      for (Work each : ready) {
        if (!each.call) {
          ready.remove(each);
          return each;
        }
      }
    }
    return ready.poll();
  }

  private void run(Work next) {
    Thread before;
    synchronized (this) {
      before = calling;
      calling = next.call ? Thread.currentThread() : before;
    }
    try {
      next.work.run();
    } finally {
      synchronized (this) {
        calling = before;
      }
    }
  }

  private synchronized void timersToReady() {
    for (Later next = later.peek(); next != null; next = later.peek()) {
      if (next.cancelled) {
        later.poll();
      } else if (next.due - ticker.getAsLong() <= 0) {
        later.poll();
        ready.add(new Work(next.work, false));
      } else {
        return;
      }
    }
  }

  /** Runs all that is ready, and what becomes ready by it, without letting time pass. */
  public void runReady() {
    while (runNext()) {
      // what ran may have begun more
    }
  }

  /** Returns how long it is until a timer is due; empty if none is set. */
  public synchronized Optional<Duration> untilNextTimer() {
    later.removeIf(each -> each.cancelled);
    Later next = later.peek();
    return next == null
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, next.due - ticker.getAsLong())));
  }

  /**
   * Runs what is ready and lets time pass from timer to timer until a condition holds.
   *
   * @param atMost how much time may pass on the settable clock
   * @throws AssertionError if the condition does not hold by then, or nothing is left to run
   */
  public void runUntil(BooleanSupplier condition, Duration atMost) {
    long end = ticker.getAsLong() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (runNext()) {
        continue;
      }
      Duration step =
          untilNextTimer()
              .orElseThrow(() -> new AssertionError("Nothing is left to run, nor to wait for."));
      if (ticker.getAsLong() + step.toNanos() - end > 0) {
        throw new AssertionError("What was waited for did not happen within " + atMost + ".");
      }
      clock.advance(step);
    }
  }

  /** Runs what is ready and lets this much time pass, from timer to timer. */
  public void runFor(Duration time) {
    long end = ticker.getAsLong() + time.toNanos();
    while (true) {
      runReady();
      Duration left = Duration.ofNanos(end - ticker.getAsLong());
      Duration step = untilNextTimer().filter(next -> next.compareTo(left) < 0).orElse(left);
      if (left.isZero()) {
        return;
      }
      clock.advance(step);
    }
  }

  /** Forgets all work, and all that comes: the process was killed. */
  public synchronized void drop() {
    closed = true;
    ready.clear();
    later.clear();
  }

  /** Forgets all work; the test runs what is to run before. */
  @Override
  public void close(Duration patience) {
    drop();
  }
}
