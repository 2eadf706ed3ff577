package dev.provisioner.testkit;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One engine's view of a store, which goes wrong at a chosen write. Writes are counted from 1, and
 * deletions and conflicts count too; what was already counted when a fault is planned is not
 * undone.
 *
 * <pre>{@code
 * CrashingStateStore store = CrashingStateStore.around(shared).crashBeforeWrite(3);
 * // the first engine on it gets a SimulatedCrash; a second engine on 'shared' takes over
 * }</pre>
 *
 * <p>After a crash every call throws {@link SimulatedCrash} again, so that the dead engine's
 * threads cannot go on, and the engines announced through this view are dead to others. The store
 * behind it stays usable and is not closed by closing this view.
 *
 * <p>Thread-safe. Calls are passed on one at a time only as far as counting goes; a write of
 * another thread that is on its way when the crash happens may still arrive, as with a real crash.
 */
public final class CrashingStateStore implements StateStore {
  private final StateStore store;
  // All guarded by faults.
  private final Map<Integer, Fault> faults = new HashMap<>();
  private final List<AutoCloseable> announcements = new ArrayList<>();
  private int reads;
  private int writes;
  private @Nullable String crash;

  private CrashingStateStore(StateStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  private enum Fault {
    CRASH_BEFORE,
    CRASH_AFTER,
    ANSWER_LOST,
    NOT_WRITTEN
  }

  /** Returns a view of a store in which nothing goes wrong yet. */
  public static CrashingStateStore around(StateStore store) {
    return new CrashingStateStore(store);
  }

  /** Crashes when write number {@code n} begins; nothing is written. */
  public CrashingStateStore crashBeforeWrite(int n) {
    return plan(n, Fault.CRASH_BEFORE);
  }

  /** Crashes when write number {@code n} has happened, before its caller learns of it. */
  public CrashingStateStore crashAfterWrite(int n) {
    return plan(n, Fault.CRASH_AFTER);
  }

  /** Carries out write number {@code n} and throws {@link StateStoreException}. */
  public CrashingStateStore loseAnswerOfWrite(int n) {
    return plan(n, Fault.ANSWER_LOST);
  }

  /** Throws {@link StateStoreException} from write number {@code n} without writing. */
  public CrashingStateStore failWrite(int n) {
    return plan(n, Fault.NOT_WRITTEN);
  }

  /** Crashes now: every later call throws. */
  public void crash() {
    crash("on demand");
  }

  /** Returns how many times {@link #read} was called. */
  public int reads() {
    synchronized (faults) {
      return reads;
    }
  }

  /** Returns how many times {@link #write} was called. */
  public int writes() {
    synchronized (faults) {
      return writes;
    }
  }

  /** Returns whether the crash has happened. */
  public boolean crashed() {
    synchronized (faults) {
      return crash != null;
    }
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    synchronized (faults) {
      requireAlive();
      reads++;
    }
    Optional<Versioned> answer = store.read(key);
    return alive(answer);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    int number;
    Fault fault;
    synchronized (faults) {
      requireAlive();
      number = ++writes;
      fault = faults.get(number);
    }
    if (fault == Fault.CRASH_BEFORE) {
      throw crash("before write " + number + " (" + key + ")");
    }
    if (fault == Fault.NOT_WRITTEN) {
      throw noAnswer(number, key);
    }
    Optional<String> answer = store.write(key, expected, document);
    if (fault == Fault.CRASH_AFTER) {
      throw crash("after write " + number + " (" + key + ")");
    }
    if (fault == Fault.ANSWER_LOST) {
      throw noAnswer(number, key);
    }
    return alive(answer);
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    requireAlive();
    return alive(store.due(installation, until, limit));
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    requireAlive();
    return alive(store.list(query, cursor, limit));
  }

  @Override
  public AutoCloseable announce(String engineId) {
    requireAlive();
    AutoCloseable announcement = store.announce(engineId);
    synchronized (faults) {
      announcements.add(announcement);
      if (crash == null) {
        return announcement;
      }
    }
    throw crash("while engine '" + engineId + "' was announced");
  }

  @Override
  public boolean certainlyDead(String engineId) {
    requireAlive();
    return alive(store.certainlyDead(engineId));
  }

  /** Does nothing: the store behind belongs to whoever opened it. */
  @Override
  public void close() {}

  private CrashingStateStore plan(int n, Fault fault) {
    if (n < 1) {
      throw new IllegalArgumentException("Writes are counted from 1; there is no write " + n + ".");
    }
    synchronized (faults) {
      faults.put(n, fault);
    }
    return this;
  }

  private void requireAlive() {
    synchronized (faults) {
      if (crash != null) {
        throw new SimulatedCrash(crash);
      }
    }
  }

  /** Keeps an answer from a thread whose process has died since it asked. */
  private <T> T alive(T answer) {
    requireAlive();
    return answer;
  }

  private SimulatedCrash crash(String when) {
    String message = "Simulated crash " + when + ".";
    List<AutoCloseable> dead;
    synchronized (faults) {
      crash = crash == null ? message : crash;
      dead = List.copyOf(announcements);
      announcements.clear();
    }
    for (AutoCloseable announcement : dead) {
      try {
        announcement.close();
      } catch (Exception e) {
        throw new IllegalStateException("Cannot let the crashed engine's announcement end.", e);
      }
    }
    return new SimulatedCrash(message);
  }

  private static StateStoreException noAnswer(int number, DocumentKey key) {
    return new StateStoreException(
        "The store did not answer write "
            + number
            + " ("
            + key
            + "), as this test asked. Read it again to see whether it was written.");
  }
}
