package dev.provisioner.testkit;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Marker;
import dev.provisioner.tenant.NameRule;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** An attempt without an engine: what is remembered lives as long as its resource. */
final class ContractAttempt implements Attempt {
  static final String INSTALLATION = "contract";
  static final String PLAN = "contract";
  private static final String STEP = "resource";
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final TenantId tenant;
  private final String name;
  private final Marker marker;
  private final Map<String, Object> memory;
  private final int number;
  private final Instant deadline = Instant.now().plus(TIMEOUT);
  private final Map<Object, Runnable> actions = new ConcurrentHashMap<>();
  private final CountDownLatch cancelled = new CountDownLatch(1);

  private ContractAttempt(
      TenantId tenant, String name, Marker marker, Map<String, Object> memory, int number) {
    this.tenant = tenant;
    this.name = name;
    this.marker = marker;
    this.memory = memory;
    this.number = number;
  }

  /** Returns the first attempt at a new resource of this tenant. */
  static ContractAttempt first(Tenant<?> tenant, NameRule names) {
    return new ContractAttempt(
        tenant.id(), tenant.name(STEP, names), mark(), new ConcurrentHashMap<>(), 1);
  }

  private static Marker mark() {
    String hash = random().substring(0, 26);
    return new Marker(INSTALLATION, hash, PLAN, STEP, random());
  }

  private static String random() {
    String hex = UUID.randomUUID().toString().replace("-", "");
    return hex.replace('0', 'g').replace('1', 'h').replace('8', 'i').replace('9', 'j');
  }

  /** Returns the next attempt at the same resource, as after a crash. */
  ContractAttempt next() {
    return new ContractAttempt(tenant, name, marker, memory, number + 1);
  }

  /** Returns an attempt of somebody else who came to the same name. */
  ContractAttempt rival() {
    return new ContractAttempt(
        TenantId.of("rival-" + tenant.value()), name, mark(), new ConcurrentHashMap<>(), 1);
  }

  /** Returns an attempt by the same step at another creation, which only the nonce tells apart. */
  ContractAttempt otherCreation() {
    Marker other =
        new Marker(marker.installation(), marker.tenant(), marker.plan(), marker.step(), random());
    return new ContractAttempt(tenant, name, other, new ConcurrentHashMap<>(), 1);
  }

  void cancel() {
    cancelled.countDown();
    actions.keySet().forEach(this::runOnce);
  }

  private void runOnce(Object key) {
    Runnable action = actions.remove(key);
    if (action != null) {
      action.run();
    }
  }

  @Override
  public TenantId tenant() {
    return tenant;
  }

  @Override
  public String plan() {
    return PLAN;
  }

  @Override
  public String step() {
    return STEP;
  }

  @Override
  public String run() {
    return "contract-run";
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
  public boolean cancelled() {
    return cancelled.getCount() == 0 || remaining().isZero();
  }

  @Override
  public Registration onCancel(Runnable action) {
    Object key = new Object();
    actions.put(key, action);
    if (cancelled()) {
      runOnce(key);
    }
    return () -> actions.remove(key);
  }

  @Override
  public void progress(String message) {}

  @Override
  public void progress(long done, long total, String message) {}

  @Override
  public void remember(String key, Object value) {
    memory.put(key, value);
  }

  @Override
  public <T> Optional<T> remembered(String key, Class<T> type) {
    return Optional.ofNullable(memory.get(key)).map(type::cast);
  }
}
