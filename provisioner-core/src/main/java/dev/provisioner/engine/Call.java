package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.AmbiguousException;
import dev.provisioner.error.PermanentException;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.TransientException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.document.Task;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.Answer;
import dev.provisioner.internal.machine.Effect;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioned;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.spi.Removed;
import dev.provisioner.state.Summary.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call to a provisioner: opens what it needs, runs it under a deadline, and turns what it gives
 * or throws into an answer. A call that does not return after its deadline is given up; its late
 * result is ignored and what it did is found by the next look.
 */
final class Call {
  private static final Logger log = LoggerFactory.getLogger(Call.class);

  private final Core core;
  private final CallHost host;
  private final Document document;
  private final @Nullable Binding<?> binding;
  private final Effect.Call effect;
  private final @Nullable Provisioner<Object, Object> provisioner;
  private final CallAttempt attempt;
  private final Redaction redaction;

  Call(
      Core core,
      CallHost host,
      Document document,
      @Nullable Binding<?> binding,
      Effect.Call effect,
      @Nullable Provisioner<Object, Object> provisioner) {
    this.core = core;
    this.host = host;
    this.document = document;
    this.binding = binding;
    this.effect = effect;
    this.provisioner = provisioner;
    this.redaction =
        new Redaction(core.codec, document, effect.step(), effect.resource(), effect.observed());
    this.attempt = new CallAttempt(core, host, document, effect, redaction);
  }

  void cancel(String why) {
    attempt.cancel(why);
  }

  /** Gives the answer to the driver; only the first one counts. */
  void answer(Answer answer) {
    host.callOver(this, new Input.Answered(effect.task(), answer));
  }

  @Nullable Provisioner<Object, Object> provisioner() {
    return provisioner;
  }

  void run() {
    if (!host.mayBegin(this)) {
      return;
    }
    // Made before, as memory may run out: whatever is thrown, whoever waits gets an answer.
    Answer answer =
        new Answer.Threw(
            Failure.Type.AMBIGUOUS, "The call ended with an error that cannot be told.", null);
    try (LogContext context = attempt.logContext()) {
      try {
        attempt.begin(Thread.currentThread(), deadline(), this::givenUp);
        answer = attempt.cancelled() ? cancelledBefore() : invoke();
      } catch (Throwable e) {
        answer = threw(e);
        if (e instanceof VirtualMachineError error) {
          throw error;
        }
      } finally {
        attempt.end();
        answer(answer);
      }
    }
  }

  private Instant deadline() {
    StepRecord record = record();
    Instant limit = core.settings.clock().instant().plusMillis(record.policy().callMillis());
    Task task = document.run() == null ? null : document.run().tasks().get(effect.task());
    Long stepMillis = record.policy().timeoutMillis();
    if (task != null && task.startedAt() != null && stepMillis != null) {
      Instant stepLimit = task.startedAt().plusMillis(stepMillis);
      limit = stepLimit.isBefore(limit) ? stepLimit : limit;
    }
    Instant runLimit = runLimit();
    return runLimit != null && runLimit.isBefore(limit) ? runLimit : limit;
  }

  /** The run's deadline, which binds neither a rollback nor a drift check after the run. */
  private @Nullable Instant runLimit() {
    RunRecord run = document.run();
    return run == null || run.status() != RunStatus.RUNNING ? null : run.deadline();
  }

  private void givenUp() {
    log.warn("A call of step {} did not return after its deadline; it is given up.", effect.step());
    answer(
        new Answer.Threw(
            Failure.Type.AMBIGUOUS,
            "The call did not return within "
                + Duration.ofMillis(record().policy().callMillis())
                + ", nor when it was told to give up.",
            null));
  }

  private Answer cancelledBefore() {
    return new Answer.Threw(
        Failure.Type.TRANSIENT, "It was told to give up before it began.", null);
  }

  private StepRecord record() {
    StepRecord record = document.step(effect.step());
    if (record == null) {
      throw new IllegalStateException("no record of step " + effect.step());
    }
    return record;
  }

  // ---- the call

  private Answer invoke() throws Exception {
    if (provisioner == null) {
      throw new PermanentException(Calls.notRegistered(effect.resource()));
    }
    Resource resource = effect.resource();
    Known<Object, Object> known =
        core.calls.known(document, record(), resource, effect.observed(), provisioner);
    Answer answer =
        switch (effect.verb()) {
          case FIND -> found(required(provisioner.find(known, attempt)));
          case INSPECT -> found(required(provisioner.inspect(known, attempt)));
          case PROVISION -> made(required(provisioner.provision(known.spec(), attempt)));
          case UPDATE -> made(required(provisioner.update(known, wanted(known), attempt)));
          case POLL -> made(required(provisioner.poll(handle(), wanted(known), attempt)));
          case DEPROVISION -> removed(required(provisioner.deprovision(known, attempt)));
          case POLL_REMOVAL -> removed(required(provisioner.pollRemoval(handle(), known, attempt)));
        };
    return answer;
  }

  private <T> T required(@Nullable T result) {
    if (result == null) {
      throw new PermanentException(
          "Provisioner '"
              + effect.resource().provisioner()
              + "' returned null from "
              + effect.verb().name().toLowerCase(java.util.Locale.ROOT)
              + "().");
    }
    return result;
  }

  private String handle() {
    if (effect.handle() == null) {
      throw new IllegalStateException("a poll without a handle");
    }
    return effect.handle();
  }

  /** The spec being brought about: that of the update under way, else the resource's own. */
  private Object wanted(Known<Object, Object> known) {
    JsonNode wanted = effect.resource().wanted();
    if (wanted == null || provisioner == null) {
      return known.spec();
    }
    return Places.of(document).spec(core.codec, record(), wanted, provisioner.kind().spec());
  }

  // ---- the answer

  private Answer found(Found<Object> found) {
    if (found instanceof Found.Ours<Object> ours) {
      return new Answer.Ours(recorded(ours.output()));
    } else if (found instanceof Found.Incomplete<Object> incomplete) {
      Object observed = incomplete.observed();
      return new Answer.Incomplete(
          observed == null ? null : recorded(observed),
          incomplete.differences().stream().map(redaction::apply).toList());
    } else if (found instanceof Found.Foreign<Object> foreign) {
      return new Answer.NotOurs(redaction.apply(foreign.owner()));
    } else if (found instanceof Found.Unmarked<Object> unmarked) {
      return new Answer.NotOurs(redaction.apply(unmarked.description()));
    } else if (found instanceof Found.Ambiguous<Object> ambiguous) {
      return new Answer.InDoubt(redaction.apply(ambiguous.reason()));
    } else if (found instanceof Found.Busy<Object> busy) {
      return new Answer.Busy(busy.lookAgainAfter(), redaction.apply(busy.waitingFor()));
    }
    return new Answer.Absent();
  }

  private Answer made(Provisioned<Object> provisioned) {
    if (provisioned instanceof Provisioned.Pending<Object> pending) {
      return pending(pending.handle(), pending.pollAfter(), pending.waitingFor());
    }
    Object output = ((Provisioned.Done<Object>) provisioned).output();
    return new Answer.Made(recorded(output));
  }

  private Answer removed(Removed removed) {
    return removed instanceof Removed.Pending pending
        ? pending(pending.handle(), pending.pollAfter(), pending.waitingFor())
        : new Answer.Gone();
  }

  private Answer pending(String handle, Duration pollAfter, String waitingFor) {
    if (redaction.revealedBy(handle)) {
      throw new PermanentException(
          "The handle that provisioner '"
              + effect.resource().provisioner()
              + "' returned holds a secret, and handles are recorded in clear; it was not recorded."
              + " Return one without it; poll() is given the spec and what was remembered.");
    }
    return new Answer.Pending(handle, pollAfter, redaction.apply(waitingFor));
  }

  private JsonNode recorded(Object output) {
    String place = Places.of(document).output(record().origin());
    JsonNode json = core.codec.json(output, place);
    if (Codec.hasSecrets(json)) {
      redaction.add(core.codec.secrets(json, place));
    }
    String revealed = redaction.whereRevealed(json);
    if (revealed != null) {
      throw new PermanentException(
          "What provisioner '"
              + effect.resource().provisioner()
              + "' returned holds a secret in clear"
              + revealed
              + "; it was not recorded. Make the field a Secret, or leave the secret out.");
    }
    Step<?, ?> step = binding == null ? null : binding.step(effect.step()).orElse(null);
    boolean forward = effect.task().startsWith(Task.Goal.ENSURE.name());
    if (step != null && forward && effect.resource().provisioner().equals(kindId(step))) {
      try {
        step.view(output);
      } catch (RuntimeException e) {
        throw new PermanentException(
            "What was made cannot be read as the step's output: " + Binding.reason(e));
      }
    }
    return json;
  }

  private static String kindId(Step<?, ?> step) {
    return step.provisioner().kind().id();
  }

  private Answer threw(Throwable e) {
    Duration retryAfter = null;
    Failure.Type type;
    if (e instanceof TransientException known) {
      type = Failure.Type.TRANSIENT;
      retryAfter = known.retryAfter().orElse(null);
    } else if (e instanceof AmbiguousException
        || e instanceof IOException
        || e instanceof UncheckedIOException
        || e instanceof TimeoutException
        || e instanceof InterruptedException
        || attempt.cancelled()) {
      type = Failure.Type.AMBIGUOUS;
    } else {
      type = Failure.Type.PERMANENT;
    }
    if (!(e instanceof ProvisioningException)) {
      log.debug("A call of step {} threw {}.", effect.step(), e.getClass().getName());
    }
    String why = attempt.whyCancelled();
    String message = redaction.apply(Binding.reason(e));
    return new Answer.Threw(
        type,
        why == null ? message : message + " (it was told to give up: " + why + ")",
        retryAfter);
  }
}
