package dev.provisioner.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches which calls to provisioners run at the same time.
 *
 * <p>Thread-safe.
 */
public final class InFlight {
  private final Map<Call, String> running = new LinkedHashMap<>();
  private final List<String> overlaps = new ArrayList<>();
  private int max;

  InFlight() {}

  /** Returns how many calls ran at the same time at most. */
  public synchronized int max() {
    return max;
  }

  /** Returns how many calls run now. */
  public synchronized int now() {
    return running.size();
  }

  /**
   * Returns each time two calls for the same resource ran at once, which an engine must prevent as
   * long as the deadline of the first has not passed.
   */
  public synchronized List<String> overlaps() {
    return List.copyOf(overlaps);
  }

  synchronized Call enter(String resource, String what) {
    running.forEach(
        (other, name) -> {
          if (name.equals(resource)) {
            overlaps.add(what + " of '" + name + "' began while " + other.what + " was running");
          }
        });
    Call call = new Call(what);
    running.put(call, resource);
    max = Math.max(max, running.size());
    return call;
  }

  private synchronized void leave(Call call) {
    running.remove(call);
  }

  /** A call that runs until it is closed. */
  final class Call implements AutoCloseable {
    private final String what;

    private Call(String what) {
      this.what = what;
    }

    @Override
    public void close() {
      leave(this);
    }
  }
}
