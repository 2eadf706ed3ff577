package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.event.ProvisioningEvent.StepProgressed;
import dev.provisioner.internal.Identifiers;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.Effect;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.spi.Attempt;
import dev.provisioner.spi.Marker;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a provisioner is given with a call. Cancels it at its deadline, interrupts it a while later.
 */
final class CallAttempt implements Attempt {
  private static final Logger log = LoggerFactory.getLogger(CallAttempt.class);

  private final Core core;
  private final CallHost host;
  private final Document document;
  private final Effect.Call effect;
  private final Redaction redaction;
  private final StepRecord record;
  private final TenantId tenant;
  private final Map<String, JsonNode> remembered;

  // Guarded by this.
  private final List<Runnable> onCancel = new ArrayList<>();
  private @Nullable Thread thread;
  private Instant deadline = Instant.MAX;
  private @Nullable Runnable givenUp;
  private @Nullable String cancelled;
  private boolean ended;
  private EngineThreads.@Nullable Timer timer;

  CallAttempt(
      Core core, CallHost host, Document document, Effect.Call effect, Redaction redaction) {
    this.core = core;
    this.host = host;
    this.document = document;
    this.effect = effect;
    this.redaction = redaction;
    StepRecord found = document.step(effect.step());
    if (found == null || document.run() == null) {
      throw new IllegalStateException("no record of step " + effect.step());
    }
    this.record = found;
    this.tenant = TenantId.of(document.tenant());
    this.remembered = new ConcurrentHashMap<>(effect.resource().remembered());
  }

  LogContext logContext() {
    return new LogContext()
        .put("tenant", tenant.toString())
        .put("plan", plan())
        .put("run", run())
        .put("step", step())
        .put("attempt", Integer.toString(number()));
  }

  // ---- its life

  synchronized void begin(Thread caller, Instant until, Runnable whenGivenUp) {
    thread = caller;
    deadline = until;
    givenUp = whenGivenUp;
    if (cancelled == null) {
      timer = core.threads.after(remaining(), () -> cancel("its deadline has passed"));
    } else {
      interruptLater();
    }
  }

  void end() {
    synchronized (this) {
      ended = true;
      onCancel.clear();
      if (timer != null) {
        timer.cancel();
      }
    }
    if (Thread.interrupted()) {
      log.debug("Step {} left its thread interrupted.", effect.step());
    }
  }

  void cancel(String why) {
    List<Runnable> actions;
    synchronized (this) {
      if (ended || cancelled != null) {
        return;
      }
      cancelled = why;
      actions = List.copyOf(onCancel);
      onCancel.clear();
      if (thread != null) {
        interruptLater();
      }
    }
    actions.forEach(this::runQuietly);
  }

  private void interruptLater() {
    if (timer != null) {
      timer.cancel();
    }
    timer = core.threads.after(core.settings.cancelGrace(), this::interrupt);
  }

  private synchronized void interrupt() {
    if (ended || thread == null) {
      return;
    }
    thread.interrupt();
    timer = core.threads.after(core.settings.cancelGrace(), this::giveUp);
  }

  private void giveUp() {
    synchronized (this) {
      if (ended || givenUp == null) {
        return;
      }
    }
    givenUp.run();
  }

  private void runQuietly(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      String why = redaction.apply(Binding.reason(e)); // not passed on: it may quote a secret
      log.warn("An action to give up step {} threw. {}", effect.step(), why);
    }
  }

  @Nullable String whyCancelled() {
    synchronized (this) {
      return cancelled;
    }
  }

  // ---- what a provisioner sees

  @Override
  public TenantId tenant() {
    return tenant;
  }

  @Override
  public String plan() {
    return document.plan();
  }

  @Override
  public String step() {
    return effect.step();
  }

  @Override
  public String run() {
    return document.run() == null ? "" : document.run().id();
  }

  @Override
  public int number() {
    return effect.attempt();
  }

  @Override
  public String name() {
    return effect.resource().name();
  }

  @Override
  public Marker marker() {
    return Marker.of(
        document.installation(),
        tenant,
        document.plan(),
        record.origin(),
        effect.resource().nonce());
  }

  @Override
  public Duration remaining() {
    Duration left = Duration.between(core.settings.clock().instant(), deadline());
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public synchronized Instant deadline() {
    return deadline;
  }

  @Override
  public synchronized boolean cancelled() {
    return cancelled != null;
  }

  @Override
  public Registration onCancel(Runnable action) {
    synchronized (this) {
      if (cancelled == null) {
        if (!ended) {
          onCancel.add(action);
        }
        return () -> withdraw(action);
      }
    }
    runQuietly(action);
    return () -> {};
  }

  private synchronized void withdraw(Runnable action) {
    onCancel.remove(action);
  }

  @Override
  public void progress(String message) {
    progress(0, 0, message);
  }

  @Override
  public void progress(long done, long total, String message) {
    synchronized (this) {
      if (ended) {
        return;
      }
    }
    String shown = redaction.apply(message);
    core.tell(
        document,
        document.events(),
        header -> new StepProgressed(header, effect.step(), done, total, shown));
  }

  @Override
  public void remember(String key, Object value) {
    Identifiers.requireKey(key);
    synchronized (this) {
      if (ended) {
        throw new IllegalStateException("The call is over; nothing more can be remembered.");
      }
    }
    String place = Places.of(document).remembered(record.origin(), key);
    JsonNode json = core.codec.json(value, place);
    if (Codec.hasSecrets(json)) {
      redaction.add(core.codec.secrets(json, place));
    }
    String revealed = redaction.whereRevealed(json);
    if (revealed != null) {
      throw new IllegalArgumentException(
          "What is to be remembered as '"
              + key
              + "' holds a secret in clear"
              + revealed
              + ". Remember it as a Secret.");
    }
    awaitRecorded(key, json);
    remembered.put(key, json);
  }

  private void awaitRecorded(String key, JsonNode value) {
    var recorded = host.submitAndRecord(new Input.Remembered(effect.task(), key, value));
    try {
      recorded.get(core.settings.lease().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw notRecorded(Binding.reason(e.getCause() == null ? e : e.getCause()), e);
    } catch (TimeoutException e) {
      throw notRecorded("The store did not answer in time.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notRecorded("The call was interrupted.", e);
    }
  }

  private ProvisioningException notRecorded(String why, Exception cause) {
    return new dev.provisioner.error.AmbiguousException(
        "A value that must be remembered could not be recorded, so the call was given up. "
            + why
            + " "
            + ErrorContext.of(tenant.toString(), plan()).inStep(step()),
        cause);
  }

  @Override
  public <T> Optional<T> remembered(String key, Class<T> type) {
    JsonNode value = remembered.get(key);
    return value == null
        ? Optional.empty()
        : Optional.of(
            core.codec.decode(value, type, Places.of(document).remembered(record.origin(), key)));
  }
}
