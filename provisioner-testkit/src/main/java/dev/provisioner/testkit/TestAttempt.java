package dev.provisioner.testkit;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Marker;
import dev.provisioner.tenant.NameRule;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An attempt for testing a provisioner without an engine.
 *
 * <pre>{@code
 * TestAttempt attempt = TestAttempt.of("acme", "onboarding", "landing-bucket");
 * Provisioned<Bucket> made = s3Buckets.provision(spec, attempt);
 * assertThat(s3Buckets.find(Known.begun(spec), attempt.next())).isEqualTo(Found.ours(...));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class TestAttempt implements Attempt {
  private static final String INSTALLATION = "test";

  private final TenantId tenant;
  private final String plan;
  private final String step;
  private final String name;
  private final Marker marker;
  private final int number;
  private final Instant deadline;
  private final Map<String, Object> remembered;
  private final List<Progress> progress = new ArrayList<>();
  private final List<Runnable> onCancel = new ArrayList<>();
  private boolean cancelled;
  private boolean ended;

  private TestAttempt(
      TenantId tenant,
      String plan,
      String step,
      String name,
      Marker marker,
      int number,
      Instant deadline,
      Map<String, Object> remembered) {
    this.tenant = tenant;
    this.plan = plan;
    this.step = step;
    this.name = name;
    this.marker = marker;
    this.number = number;
    this.deadline = deadline;
    this.remembered = remembered;
  }

  /**
   * What a provisioner told about how far it was.
   *
   * @param done parts done, or 0 if it told no parts
   * @param total parts in all, or 0 if it told no parts
   * @param message for people
   */
  public record Progress(long done, long total, String message) {}

  /** Returns a first attempt, of ten minutes, in the installation {@code test}. */
  public static TestAttempt of(String tenant, String plan, String step) {
    return of(tenant, plan, step, NameRule.hyphenated(63));
  }

  /** Returns a first attempt whose name keeps a provisioner's rule. */
  public static TestAttempt of(String tenant, String plan, String step, NameRule rule) {
    TenantId id = TenantId.of(tenant);
    String name = Tenant.of(id, "no input", INSTALLATION, plan).name(step, rule);
    return new TestAttempt(
        id,
        plan,
        step,
        name,
        marker(id, plan, step, "nonce1"),
        1,
        until(),
        new ConcurrentHashMap<>());
  }

  private static Marker marker(TenantId tenant, String plan, String step, String nonce) {
    return Marker.of(INSTALLATION, tenant, plan, step, nonce);
  }

  private static String random() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static Instant until() {
    return Instant.now().plus(Duration.ofMinutes(10));
  }

  /** Returns the next try at the same step: same name and marker, and what was remembered. */
  public TestAttempt next() {
    return new TestAttempt(tenant, plan, step, name, marker, number + 1, until(), remembered);
  }

  /** Returns this attempt with less or more time, counted from now. */
  public TestAttempt within(Duration time) {
    Instant until = Instant.now().plus(time);
    return new TestAttempt(tenant, plan, step, name, marker, number, until, remembered);
  }

  /** Returns this attempt with another marker and nothing remembered, as of another creation. */
  public TestAttempt withMarker(Marker other) {
    return new TestAttempt(
        tenant, plan, step, name, other, number, deadline, new ConcurrentHashMap<>());
  }

  /** Returns an attempt by the same step at another creation, which only the nonce tells apart. */
  TestAttempt otherCreation() {
    return withMarker(marker(tenant, plan, step, random()));
  }

  /** Returns an attempt of another tenant who came to the same name. */
  TestAttempt rival() {
    TenantId other = TenantId.of("rival-" + tenant.value());
    Marker theirs = marker(other, plan, step, random());
    return new TestAttempt(other, plan, step, name, theirs, 1, until(), new ConcurrentHashMap<>());
  }

  /** Asks the call to give up. The registered actions run in this thread. */
  public void cancel() {
    List<Runnable> actions;
    synchronized (this) {
      cancelled = true;
      actions = List.copyOf(onCancel);
      onCancel.clear();
    }
    actions.forEach(Runnable::run);
  }

  /** Ends the attempt, as the engine does when the call has returned. */
  public synchronized void end() {
    ended = true;
  }

  /** Returns what was told, in order. */
  public synchronized List<Progress> told() {
    return List.copyOf(progress);
  }

  /** Returns what was remembered. */
  public Map<String, Object> remembered() {
    return Map.copyOf(remembered);
  }

  @Override
  public TenantId tenant() {
    return tenant;
  }

  @Override
  public String plan() {
    return plan;
  }

  @Override
  public String step() {
    return step;
  }

  @Override
  public String run() {
    return "testrun";
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Marker marker() {
    return marker;
  }

  @Override
  public Duration remaining() {
    Duration left = Duration.between(Instant.now(), deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public Instant deadline() {
    return deadline;
  }

  @Override
  public synchronized boolean cancelled() {
    return cancelled || remaining().isZero();
  }

  @Override
  public Registration onCancel(Runnable action) {
    Objects.requireNonNull(action, "action");
    synchronized (this) {
      if (!cancelled) {
        onCancel.add(action);
        return () -> forget(action);
      }
    }
    action.run();
    return () -> {};
  }

  private synchronized void forget(Runnable action) {
    onCancel.removeIf(a -> a == action);
  }

  @Override
  public void progress(String message) {
    record(new Progress(0, 0, message));
  }

  @Override
  public void progress(long done, long total, String message) {
    record(new Progress(done, total, message));
  }

  private synchronized void record(Progress told) {
    if (!ended) {
      progress.add(told);
    }
  }

  @Override
  public void remember(String key, Object value) {
    synchronized (this) {
      if (ended) {
        throw new IllegalStateException("The attempt has ended; nothing can be remembered.");
      }
    }
    if (!key.matches("[a-z0-9-]{1,63}")) {
      throw new IllegalArgumentException(
          "A key to remember has 1 to 63 lower-case letters, digits and hyphens: '" + key + "'.");
    }
    remembered.put(key, value);
  }

  @Override
  public <T> Optional<T> remembered(String key, Class<T> type) {
    return Optional.ofNullable(remembered.get(key)).map(type::cast);
  }
}
