package dev.provisioner.testkit;

import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Marker;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An attempt in which remembering is among the {@link CrashPoints}. */
record CrashingAttempt(Attempt attempt, CrashPoints points) implements Attempt {

  @Override
  public void remember(String key, Object value) {
    points.pass("before step " + step() + " remembers " + key);
    attempt.remember(key, value);
    points.pass("after step " + step() + " remembers " + key);
  }

  @Override
  public <T> Optional<T> remembered(String key, Class<T> type) {
    return attempt.remembered(key, type);
  }

  @Override
  public TenantId tenant() {
    return attempt.tenant();
  }

  @Override
  public String plan() {
    return attempt.plan();
  }

  @Override
  public String step() {
    return attempt.step();
  }

  @Override
  public String run() {
    return attempt.run();
  }

  @Override
  public int number() {
    return attempt.number();
  }

  @Override
  public String name() {
    return attempt.name();
  }

  @Override
  public Marker marker() {
    return attempt.marker();
  }

  @Override
  public Duration remaining() {
    return attempt.remaining();
  }

  @Override
  public Instant deadline() {
    return attempt.deadline();
  }

  @Override
  public boolean cancelled() {
    return attempt.cancelled();
  }

  @Override
  public Registration onCancel(Runnable action) {
    return attempt.onCancel(action);
  }

  @Override
  public void progress(String message) {
    attempt.progress(message);
  }

  @Override
  public void progress(long done, long total, String message) {
    attempt.progress(done, total, message);
  }
}
