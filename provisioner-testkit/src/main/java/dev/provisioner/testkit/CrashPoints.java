package dev.provisioner.testkit;

import dev.provisioner.event.DurableListener;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The instants at which one engine can crash: before and after every read and write of a document
 * in its store, every call to its provisioners and every {@code Attempt.remember} in these, and
 * every call to a durable listener, counted from 1 in one sequence. Give the engine the {@linkplain
 * #store store}, the {@linkplain #provisioner provisioners} and the {@linkplain #listener
 * listeners} this returns; when it comes to the chosen instant, it is dead: a {@link
 * SimulatedCrash} is thrown there, and at every later use of any.
 *
 * <pre>{@code
 * CrashPoints all = CrashPoints.none();      // a dry run counts them: all.passed()
 * CrashPoints third = CrashPoints.at(3);     // and this one crashes at the third
 * }</pre>
 *
 * <p>The backends behind the provisioners live on, and so does the store; a second engine on them
 * goes on with what the first has left. A crash that a backend raises itself, such as {@link
 * Faults#crashDuring}, kills the engine too.
 *
 * <p>Thread-safe; the sequence is the same every time only if the engine's work is, as with {@link
 * ManualThreads}.
 */
public final class CrashPoints {
  private final int at;
  // All guarded by this.
  private final List<String> passed = new ArrayList<>();
  private final List<CrashingStateStore> stores = new ArrayList<>();
  private @Nullable String crash;

  private CrashPoints(int at) {
    this.at = at;
  }

  /** Returns points of which none crashes; they are counted. */
  public static CrashPoints none() {
    return new CrashPoints(0);
  }

  /**
   * Returns points of which one crashes.
   *
   * @param n which, from 1
   */
  public static CrashPoints at(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("Points are counted from 1; there is no point " + n + ".");
    }
    return new CrashPoints(n);
  }

  /** Returns a view of a store with points before and after each read and write of a document. */
  public StateStore store(StateStore store) {
    CrashingStateStore view = CrashingStateStore.around(store);
    synchronized (this) {
      stores.add(view);
    }
    return new CrashingStoreCalls(view, this);
  }

  /** Returns a provisioner like this one, with points before and after each call. */
  public <S, O> Provisioner<S, O> provisioner(Provisioner<S, O> provisioner) {
    return new CrashingProvisioner<>(Objects.requireNonNull(provisioner, "provisioner"), this);
  }

  /** Returns a durable listener like this one, with points before and after it takes events. */
  public DurableListener listener(DurableListener listener) {
    Objects.requireNonNull(listener, "listener");
    return events -> {
      pass("before " + events.size() + " event(s) are taken");
      listener.take(events);
      pass("after " + events.size() + " event(s) were taken");
    };
  }

  /** Returns how many points were passed, the one that crashed included. */
  public synchronized int passed() {
    return passed.size();
  }

  /** Returns what the points that were passed are, in order. */
  public synchronized List<String> names() {
    return List.copyOf(passed);
  }

  /** Returns whether the crash has happened. */
  public synchronized boolean crashed() {
    return crash != null;
  }

  /** Crashes now: every later use throws. */
  public void crash() {
    crash("on demand");
  }

  /** Passes a point, and crashes if it is the one. */
  void pass(String name) {
    String where;
    synchronized (this) {
      requireAlive();
      passed.add(name);
      if (passed.size() != at) {
        return;
      }
      where = "at point " + at + ", " + name;
    }
    throw crash(where);
  }

  synchronized void requireAlive() {
    if (crash != null) {
      throw new SimulatedCrash(crash);
    }
  }

  SimulatedCrash crash(String where) {
    List<CrashingStateStore> dead;
    synchronized (this) {
      crash = crash == null ? where : crash;
      dead = List.copyOf(stores);
    }
    dead.forEach(CrashingStateStore::crash);
    return new SimulatedCrash(where);
  }
}
