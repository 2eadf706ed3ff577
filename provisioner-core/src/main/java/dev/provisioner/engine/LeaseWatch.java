package dev.provisioner.engine;

import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Lease;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.state.DocumentKey;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * Decides when another engine's lease has run out, without comparing clocks: when the same
 * heartbeat was seen for the lease's whole duration on our own monotonic clock. If a call of that
 * engine may still be on its way, and its backend does not exclude a second one by itself, the
 * call's deadline is waited out too: a holder begins calls until two thirds of its lease are over.
 */
final class LeaseWatch {
  private static final Duration KEPT = Duration.ofDays(2);

  private record Seen(String holder, long token, long heartbeat, long sinceNanos) {}

  private final LongSupplier ticker;
  private final ConcurrentMap<DocumentKey, Seen> seen = new ConcurrentHashMap<>();

  LeaseWatch(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /** Returns whether the lease in this document may be taken over now. */
  boolean runOut(DocumentKey key, Document document) {
    Lease lease = document.lease();
    if (lease == null) {
      seen.remove(key);
      return true;
    }
    long now = ticker.getAsLong();
    Seen known = seen.get(key);
    if (known == null
        || known.token != document.token()
        || known.heartbeat != lease.heartbeat()
        || !known.holder.equals(lease.holder())) {
      seen.put(key, new Seen(lease.holder(), document.token(), lease.heartbeat(), now));
      return false;
    }
    if (now - known.sinceNanos < required(document, lease).toNanos()) {
      return false;
    }
    seen.remove(key);
    return true;
  }

  void forget(DocumentKey key) {
    seen.remove(key);
  }

  /**
   * Forgets what it saw so long ago that no lease or call lasts. What is not due is kept: by whose
   * clock it is due must make no difference.
   */
  void forgetOld() {
    long now = ticker.getAsLong();
    seen.values().removeIf(each -> now - each.sinceNanos > KEPT.toNanos());
  }

  private static Duration required(Document document, Lease lease) {
    long millis = lease.millis();
    if (document.run() != null && document.underWay()) {
      for (Task task : document.run().tasks().values()) {
        StepRecord record = document.step(task.step());
        if (!task.phase().over() && record != null && !record.policy().exclusive()) {
          millis = Math.max(millis, lease.millis() * 2 / 3 + record.policy().callMillis());
        }
      }
    }
    return Duration.ofMillis(millis);
  }
}
