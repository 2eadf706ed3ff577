package dev.provisioner.plan;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Objects;

/**
 * How often a step is tried, and how long to wait in between: exponential backoff with jitter. Only
 * transient and ambiguous errors are tried again; an ambiguous one after asking the backend first.
 * The count and the time of the next attempt are recorded, so a crash neither forgets nor restarts
 * them.
 *
 * @param maxAttempts attempts in all, 1 to 1,000
 * @param initial the wait after the first failure, 1 ms or more
 * @param max the longest wait, not shorter than {@code initial}
 * @param multiplier by what each wait is longer than the one before, 1 to 10
 * @param jitter by what part a wait is shortened or lengthened at random, 0 to 0.9
 */
public record Retry(
    int maxAttempts, Duration initial, Duration max, double multiplier, double jitter) {
  private static final Retry DEFAULTS =
      new Retry(5, Duration.ofSeconds(1), Duration.ofMinutes(1), 2.0, 0.2);

  /** Checks the ranges and that they fit together. */
  public Retry {
    Objects.requireNonNull(initial, "initial");
    Objects.requireNonNull(max, "max");
    require(maxAttempts >= 1 && maxAttempts <= 1_000, "maxAttempts is 1 to 1,000", maxAttempts);
    require(initial.toMillis() >= 1, "initial is 1 ms or more", initial);
    require(max.compareTo(initial) >= 0, "max is not shorter than initial (" + initial + ")", max);
    require(multiplier >= 1 && multiplier <= 10, "multiplier is 1 to 10", multiplier);
    require(jitter >= 0 && jitter <= 0.9, "jitter is 0 to 0.9", jitter);
  }

  private static void require(boolean holds, String rule, Object actual) {
    if (!holds) {
      throw new IllegalArgumentException("Retry: " + rule + ", not " + actual + ".");
    }
  }

  /** Returns the default: 5 attempts, 1 s to 1 min doubling, jitter 0.2. */
  public static Retry ofDefaults() {
    return DEFAULTS;
  }

  /** Returns a policy of one attempt. */
  public static Retry never() {
    return atMost(1);
  }

  /** Returns the default policy with another number of attempts. */
  public static Retry atMost(int attempts) {
    return new Retry(
        attempts, DEFAULTS.initial, DEFAULTS.max, DEFAULTS.multiplier, DEFAULTS.jitter);
  }

  /** Returns this policy with other waits. */
  public Retry backoff(Duration first, Duration longest) {
    return new Retry(maxAttempts, first, longest, multiplier, jitter);
  }

  /** Returns this policy with another multiplier. */
  public Retry multiplier(double factor) {
    return new Retry(maxAttempts, initial, max, factor, jitter);
  }

  /** Returns this policy with another jitter. */
  public Retry jitter(double part) {
    return new Retry(maxAttempts, initial, max, multiplier, part);
  }

  /**
   * Returns how long to wait after a failed attempt.
   *
   * @param failedAttempts how many attempts have failed, 1 or more
   * @param random uniform in [0, 1), the source of the jitter
   */
  public Duration waitAfter(int failedAttempts, double random) {
    long wait = config().getIntervalBiFunction().apply(failedAttempts, null);
    double spread = 1 + jitter * (2 * random - 1);
    long millis = Math.round(wait * spread);
    return Duration.ofMillis(Math.max(1, Math.min(millis, max.toMillis())));
  }

  /**
   * Returns the same policy for resilience4j, without the jitter, whose source is ours to inject.
   */
  private RetryConfig config() {
    return RetryConfig.custom()
        .maxAttempts(maxAttempts)
        .intervalFunction(
            IntervalFunction.ofExponentialBackoff(initial.toMillis(), multiplier, max.toMillis()))
        .build();
  }
}
