package dev.provisioner.testkit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What several clients saw of one document, and whether there is an order, one call after another,
 * in which it would have been so: each call taking effect at some instant between its beginning and
 * its end, and a write that got no answer at some instant after its beginning or never. That is
 * what linearizable means.
 *
 * <p>The search is that of Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with
 * Lowe's memory of what was tried. Of a compare-and-set register it is quick: a call that changes
 * nothing can be put first wherever it fits, so that only writes are tried in different orders.
 *
 * <p>Thread-safe while calls are added.
 */
final class RegisterHistory {
  private static final long NEVER = Long.MAX_VALUE;

  private final AtomicLong clock = new AtomicLong();
  private final List<Call> calls = new ArrayList<>(); // guarded by this while calls are added

  /** Returns the present instant; to be asked right before a call. */
  long now() {
    return clock.incrementAndGet();
  }

  /** Adds a read that has just returned; null if there was no document. */
  void read(long begun, @Nullable String seen) {
    add(new Call(Kind.READ, begun, now(), seen, null));
  }

  /** Adds a write that has just returned; null for no document. Every text is written once. */
  void written(long begun, @Nullable String expected, @Nullable String text) {
    add(new Call(Kind.WRITTEN, begun, now(), expected, text));
  }

  /** Adds a write that has just lost. */
  void lost(long begun, @Nullable String expected) {
    add(new Call(Kind.LOST, begun, now(), expected, null));
  }

  /** Adds a write whose answer was lost. */
  void inDoubt(long begun, @Nullable String expected, @Nullable String text) {
    add(new Call(Kind.IN_DOUBT, begun, NEVER, expected, text));
  }

  private synchronized void add(Call call) {
    calls.add(call);
  }

  synchronized int size() {
    return calls.size();
  }

  /** Returns the calls that no order explains, or empty if all is well. */
  synchronized Optional<String> contradiction() {
    Search search = new Search(List.copyOf(calls));
    return search.explains(new BitSet(), null)
        ? Optional.empty()
        : Optional.of("No order explains these calls:\n" + search.farthest());
  }

  private enum Kind {
    READ,
    WRITTEN,
    LOST,
    IN_DOUBT
  }

  /** A call; a read expects what it saw. */
  private record Call(
      Kind kind, long begun, long ended, @Nullable String expected, @Nullable String text) {
    boolean fits(@Nullable String state) {
      return Objects.equals(expected, state) == (kind != Kind.LOST);
    }

    boolean changes() {
      return kind == Kind.WRITTEN || kind == Kind.IN_DOUBT;
    }

    @Override
    public String toString() {
      String end = ended == NEVER ? "?" : "" + ended;
      return begun + "-" + end + " " + kind + " " + expected + (changes() ? " -> " + text : "");
    }
  }

  private static final class Search {
    private final List<Call> calls;
    private final Set<Tried> tried = new HashSet<>();
    private BitSet farthest = new BitSet();

    Search(List<Call> calls) {
      this.calls = calls;
    }

    boolean explains(BitSet done, @Nullable String state) {
      long firstEnd;
      do {
        firstEnd = firstEnd(done);
      } while (takeWhatChangesNothing(done, state, firstEnd));
      if (done.cardinality() > farthest.cardinality()) {
        farthest = done;
      }
      if (firstEnd == NEVER) {
        return true;
      }
      if (!tried.add(new Tried((BitSet) done.clone(), state))) {
        return false;
      }
      for (int i = done.nextClearBit(0); i < calls.size(); i = done.nextClearBit(i + 1)) {
        Call call = calls.get(i);
        if (call.changes() && call.begun() < firstEnd && call.fits(state)) {
          BitSet next = (BitSet) done.clone();
          next.set(i);
          if (explains(next, call.text())) {
            return true;
          }
        }
      }
      return false;
    }

    /** Returns when the first of the remaining calls has ended: none that begins later precedes. */
    private long firstEnd(BitSet done) {
      long first = NEVER;
      for (int i = done.nextClearBit(0); i < calls.size(); i = done.nextClearBit(i + 1)) {
        first = Math.min(first, calls.get(i).ended());
      }
      return first;
    }

    private boolean takeWhatChangesNothing(BitSet done, @Nullable String state, long firstEnd) {
      int before = done.cardinality();
      for (int i = done.nextClearBit(0); i < calls.size(); i = done.nextClearBit(i + 1)) {
        Call call = calls.get(i);
        if (!call.changes() && call.begun() < firstEnd && call.fits(state)) {
          done.set(i);
        }
      }
      return done.cardinality() > before;
    }

    /** Returns what remained where the search came farthest, the first few in order of time. */
    String farthest() {
      StringBuilder text = new StringBuilder();
      calls.stream()
          .filter(call -> !farthest.get(calls.indexOf(call)))
          .sorted((a, b) -> Long.compare(a.begun(), b.begun()))
          .limit(20)
          .forEach(call -> text.append(call).append('\n'));
      return text.toString();
    }
  }

  private record Tried(BitSet done, @Nullable String state) {}
}
