package dev.provisioner.jdbc.queue;

import dev.provisioner.engine.ProvisioningEngine;
import dev.provisioner.engine.RemovalOptions;
import dev.provisioner.engine.SealedInput;
import dev.provisioner.engine.Ticket;
import dev.provisioner.plan.Plan;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link JobQueue} is asked to do. Immutable: each method returns another request.
 *
 * <p>Give it an {@link #id} of your own, such as that of the order or the message it comes from:
 * then it may be submitted again, after a crash or a lost answer, and is done once.
 */
public final class JobRequest {
  private final Plan<?> plan;
  private final TenantId tenant;
  private final Job.Kind kind;
  private final Sealing sealing;
  private final String id;
  private final int priority;
  private final @Nullable Instant notBefore;
  private final Duration delay;
  private final @Nullable Duration retention;
  private final @Nullable String by;

  private JobRequest(
      Plan<?> plan,
      TenantId tenant,
      Job.Kind kind,
      Sealing sealing,
      String id,
      int priority,
      @Nullable Instant notBefore,
      Duration delay,
      @Nullable Duration retention,
      @Nullable String by) {
    this.plan = Objects.requireNonNull(plan, "plan");
    this.tenant = Objects.requireNonNull(tenant, "tenant");
    this.kind = kind;
    this.sealing = sealing;
    this.id = new Ticket(id, 1).run(); // a job's run has the job's id
    this.priority = priority;
    this.notBefore = notBefore;
    this.delay = delay;
    this.retention = retention;
    this.by = new RemovalOptions(null, null, by).by(); // which checks it
  }

  /** Asks for what the plan describes for this input. */
  public static <I> JobRequest provision(Plan<I> plan, TenantId tenant, I input) {
    Objects.requireNonNull(input, "input");
    return of(plan, tenant, Job.Kind.PROVISION, engine -> engine.seal(plan, tenant, input));
  }

  /** Asks for the removal of what the tenant has, but for what is retained. */
  public static JobRequest deprovision(Plan<?> plan, TenantId tenant) {
    return of(plan, tenant, Job.Kind.DEPROVISION, engine -> null);
  }

  /** Asks for the removal of what a deprovisioned tenant retained. */
  public static JobRequest purge(Plan<?> plan, TenantId tenant) {
    return of(plan, tenant, Job.Kind.PURGE, engine -> null);
  }

  private static JobRequest of(Plan<?> plan, TenantId tenant, Job.Kind kind, Sealing sealing) {
    String id = UUID.randomUUID().toString();
    return new JobRequest(plan, tenant, kind, sealing, id, 0, null, Duration.ZERO, null, null);
  }

  /**
   * Names the request. A random UUID by default.
   *
   * @param requestId unique in the installation: 1 to 100 of {@code A-Za-z0-9._:/@-}, beginning
   *     with a letter or a digit
   */
  public JobRequest id(String requestId) {
    return new JobRequest(
        plan, tenant, kind, sealing, requestId, priority, notBefore, delay, retention, by);
  }

  /**
   * Sets how urgent it is: of the jobs whose turn it is, those with the highest priority are taken
   * first, however many there are. Among the jobs of one tenant and plan it changes nothing: they
   * are done in their order.
   *
   * @param urgency -1,000 to 1,000; 0 by default
   */
  public JobRequest priority(int urgency) {
    if (urgency < -1_000 || urgency > 1_000) {
      throw new IllegalArgumentException("A priority is -1,000 to 1,000, not " + urgency + ".");
    }
    return new JobRequest(
        plan, tenant, kind, sealing, id, urgency, notBefore, delay, retention, by);
  }

  /**
   * Sets when it may begin, by the database's clock. Later jobs of the tenant do not wait for it.
   */
  public JobRequest notBefore(Instant time) {
    Objects.requireNonNull(time, "time");
    return new JobRequest(
        plan, tenant, kind, sealing, id, priority, time, Duration.ZERO, retention, by);
  }

  /**
   * Sets how long after its submission it may begin.
   *
   * @param time zero to 100 years
   */
  public JobRequest delay(Duration time) {
    if (time.isNegative() || time.compareTo(Duration.ofDays(36_525)) > 0) {
      throw new IllegalArgumentException("A delay is zero to 100 years, not " + time + ".");
    }
    return new JobRequest(plan, tenant, kind, sealing, id, priority, null, time, retention, by);
  }

  /**
   * Sets how long what a deprovisioned tenant retains is kept until it is purged; the engine's by
   * default.
   *
   * @param time zero to 100 years
   * @throws IllegalStateException if the request is for something else
   */
  public JobRequest retention(Duration time) {
    if (kind != Job.Kind.DEPROVISION) {
      throw new IllegalStateException("Only a request to deprovision has a retention.");
    }
    if (time.isNegative() || time.compareTo(Duration.ofDays(36_525)) > 0) {
      throw new IllegalArgumentException("A retention is zero to 100 years, not " + time + ".");
    }
    return new JobRequest(plan, tenant, kind, sealing, id, priority, notBefore, delay, time, by);
  }

  /**
   * Sets who asks: it is recorded with the job and its run, and told with the run's events.
   *
   * @param actor 1 to 200 printable characters
   */
  public JobRequest by(String actor) {
    Objects.requireNonNull(actor, "actor");
    return new JobRequest(
        plan, tenant, kind, sealing, id, priority, notBefore, delay, retention, actor);
  }

  /** Returns its id. */
  public String id() {
    return id;
  }

  Plan<?> plan() {
    return plan;
  }

  TenantId tenant() {
    return tenant;
  }

  @Nullable String by() {
    return by;
  }

  Job.Kind kind() {
    return kind;
  }

  int priority() {
    return priority;
  }

  /** Returns when it may begin; null if that depends on when it is submitted. */
  @Nullable Instant notBefore() {
    return notBefore;
  }

  Duration delay() {
    return delay;
  }

  @Nullable Long retentionMillis() {
    return retention == null ? null : retention.toMillis();
  }

  /** Checks the input and seals its secrets; null if there is none. */
  @Nullable SealedInput seal(ProvisioningEngine engine) {
    return sealing.seal(engine);
  }

  /** Tells what it asks for, without its input. */
  @Override
  public String toString() {
    return "JobRequest[" + id + ": " + kind + " " + plan.name() + " for " + tenant + "]";
  }

  private interface Sealing {
    @Nullable SealedInput seal(ProvisioningEngine engine);
  }
}
