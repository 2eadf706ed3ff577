package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.Answer;
import dev.provisioner.internal.machine.Effect;
import dev.provisioner.internal.machine.Input;
import dev.provisioner.internal.machine.Wanted;
import dev.provisioner.spi.Change;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Provisioner;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes specs and compares them, and begins calls to provisioners within the engine's limits.
 */
final class Calls {
  private final Core core;
  private final Limiter limiter;

  Calls(Core core) {
    this.core = core;
    this.limiter = new Limiter(core.settings.maxConcurrentCalls());
  }

  // ---- computed at once

  /** Computes what a step is to be. */
  Wanted evaluate(Document document, @Nullable Binding<?> binding, String step) {
    if (binding == null) {
      throw new IllegalStateException("a removal computes no spec");
    }
    return binding.evaluate(document, step);
  }

  /** Says that a spec does not fit into what the tenant's state may still grow by. */
  static Wanted.Broken tooLarge(long bytes, long room) {
    return new Wanted.Broken(
        "The spec has "
            + bytes
            + " bytes as JSON and the tenant's state has room for "
            + Math.max(0, room)
            + " more. Keep large values elsewhere, or raise maxDocumentBytes.");
  }

  Input compare(Document document, Effect.Compare effect) {
    return new Input.Compared(
        effect.task(),
        change(document, step(effect.task()), effect.current(), effect.wanted().json()),
        effect.wanted());
  }

  private static String step(String task) {
    return task.substring(task.indexOf(':') + 1);
  }

  /** Asks the provisioner how to get from a recorded resource to a spec. */
  Change change(Document document, String step, Resource current, JsonNode wanted) {
    Optional<Provisioner<Object, Object>> found = core.registry.provisioner(current.provisioner());
    StepRecord record = document.step(step);
    if (found.isEmpty() || record == null) {
      return Change.refused(notRegistered(current));
    }
    Provisioner<Object, Object> provisioner = found.get();
    Places places = Places.of(document);
    Redaction redaction = new Redaction(core.codec, document, step, current, null);
    try {
      Object target = places.spec(core.codec, record, wanted, provisioner.kind().spec());
      if (Codec.hasSecrets(wanted)) {
        redaction.add(core.codec.secrets(wanted, places.spec(record.origin())));
      }
      Change change =
          provisioner.change(known(document, record, current, null, provisioner), target);
      return redacted(change, redaction);
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      return Change.refused("The change cannot be judged: " + said(e, redaction));
    }
  }

  private static Change redacted(@Nullable Change change, Redaction redaction) {
    if (change instanceof Change.Replace replace) {
      return Change.replace(redaction.apply(replace.reason()));
    } else if (change instanceof Change.RemoveThenCreate remove) {
      return Change.removeThenCreate(redaction.apply(remove.reason()));
    } else if (change instanceof Change.Refused refused) {
      return Change.refused(redaction.apply(refused.reason()));
    }
    return Objects.requireNonNull(change, "change() returned null");
  }

  /** A secret that does not open is said by an exception of ours, which quotes none. */
  private static String said(Throwable e, Redaction redaction) {
    return e instanceof SecretException ? Binding.reason(e) : redaction.apply(Binding.reason(e));
  }

  static String notRegistered(Resource resource) {
    return "The provisioner '"
        + resource.provisioner()
        + "', which made '"
        + resource.name()
        + "', is not registered with this engine. Its state is kept. Register it with"
        + " ProvisioningEngine.builder(...).provisioners(...) and resume the run.";
  }

  /** Returns what is known of a resource; what was just observed goes before what is recorded. */
  Known<Object, Object> known(
      Document document,
      StepRecord record,
      Resource resource,
      @Nullable JsonNode observed,
      Provisioner<Object, Object> provisioner) {
    Places places = Places.of(document);
    Object spec = places.spec(core.codec, record, resource.spec(), provisioner.kind().spec());
    JsonNode output = observed == null ? resource.output() : observed;
    return output == null
        ? Known.begun(spec)
        : Known.made(spec, places.output(core.codec, record, output, provisioner.kind().output()));
  }

  // ---- on threads of their own

  /** Begins a call, now or when the limits allow. */
  Call begin(CallHost host, Document document, @Nullable Binding<?> binding, Effect.Call effect) {
    Optional<Provisioner<Object, Object>> found =
        core.registry.provisioner(effect.resource().provisioner());
    Call call = new Call(core, host, document, binding, effect, found.orElse(null));
    if (found.isEmpty()) {
      core.threads.drive(
          () ->
              call.answer(
                  new Answer.Threw(
                      Failure.Type.PERMANENT, notRegistered(effect.resource()), null)));
      return call;
    }
    enqueue(call);
    return call;
  }

  /** Begins a call whose provisioner is known, now or when the limits allow. */
  void enqueue(Call call) {
    Provisioner<Object, Object> provisioner = Objects.requireNonNull(call.provisioner());
    String id = provisioner.kind().id();
    int limit = Math.max(1, provisioner.maxConcurrentCalls());
    limiter.acquire(
        id,
        limit,
        () ->
            core.threads.call(
                () -> {
                  try {
                    call.run();
                  } finally {
                    limiter.release(id);
                  }
                }));
  }
}
