package dev.provisioner.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.ProvisioningException;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.Policy;
import dev.provisioner.internal.document.Resource;
import dev.provisioner.internal.document.StepRecord;
import dev.provisioner.internal.json.Codec;
import dev.provisioner.internal.machine.PlannedStep;
import dev.provisioner.internal.machine.Wanted;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Kind;
import dev.provisioner.spi.Provisioner;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plan bound to one tenant and input: its steps, and what each is to be.
 *
 * @param <I> the type of the plan's input
 */
final class Binding<I> {
  private final Plan<I> plan;
  private final Tenant<I> tenant;
  private final Codec codec;
  private final Places places;
  private final Map<String, Step<I, ?>> steps = new LinkedHashMap<>();
  private final Map<String, Optional<String>> skipped = new HashMap<>();

  /** Specs that were computed before the run began; they hold no secrets. */
  private final Map<String, Codec.Encoded> known = new HashMap<>();

  private @Nullable List<String> inputSecrets;

  Binding(Plan<I> plan, TenantId id, I input, String installation, Codec codec) {
    this.plan = plan;
    this.tenant = Tenant.of(id, input, installation, plan.name());
    this.codec = codec;
    this.places = new Places(installation, plan.name(), id.value());
    for (Step<I, ?> step : plan.steps(input)) {
      steps.put(step.name(), step);
    }
  }

  /** Binds a plan to the input that is recorded. */
  static <I> Binding<I> recorded(Plan<I> plan, Document document, JsonNode input, Codec codec) {
    I decoded = Places.of(document).input(codec, input, plan.input());
    TenantId id = TenantId.of(document.tenant());
    try {
      return new Binding<>(plan, id, decoded, document.installation(), codec);
    } catch (RuntimeException e) {
      // Host code: neither its message nor its trace may be logged as it is.
      String why = Redaction.of(codec.secrets(input, Places.of(document).input()), reason(e));
      throw Refusals.refused(
          document, "The plan's steps cannot be generated from the recorded input: " + why);
    }
  }

  Plan<I> plan() {
    return plan;
  }

  Optional<Step<I, ?>> step(String name) {
    return Optional.ofNullable(steps.get(name));
  }

  /** Returns the steps' names, each after those it depends on. */
  List<String> names() {
    return List.copyOf(steps.keySet());
  }

  void requireRegistered(Registry registry) {
    ErrorContext where = ErrorContext.of(tenant.id().toString(), plan.name());
    steps.values().forEach(step -> registry.requireRegistered(step, where));
  }

  List<PlannedStep> planned(Settings settings) {
    List<PlannedStep> planned = new ArrayList<>();
    for (Step<I, ?> step : steps.values()) {
      List<String> dependsOn = step.dependencies().stream().map(Step::name).toList();
      planned.add(new PlannedStep(step.name(), dependsOn, policy(step, settings), step.formerly()));
    }
    return planned;
  }

  private Policy policy(Step<I, ?> step, Settings settings) {
    Provisioner<?, ?> provisioner = step.provisioner();
    Duration call = step.callTimeout().or(provisioner::callTimeout).orElse(settings.callTimeout());
    return new Policy(
        step.retry(),
        step.timeout().map(Duration::toMillis).orElse(null),
        call.toMillis(),
        provisioner.excludesConcurrentCalls(),
        step.onFailure().orElse(plan.onFailure()),
        step.onDeprovision());
  }

  /** Tells whether a step is wanted, as far as conditions say; empty if it is. */
  Optional<String> skipped(String name) {
    Optional<String> known = skipped.get(name);
    if (known == null) {
      Step<I, ?> step = steps.get(name);
      known = step == null ? Optional.empty() : skipped(step);
      skipped.put(name, known);
    }
    return known;
  }

  private Optional<String> skipped(Step<I, ?> step) {
    if (!step.wantedBy(tenant)) {
      return Optional.of("the tenant does not want it");
    }
    return step.reads().stream()
        .filter(read -> skipped(read.name()).isPresent())
        .map(read -> "it reads '" + read.name() + "', which is skipped")
        .findFirst();
  }

  /** Computes what a step is to be, from the outputs recorded in a document. */
  Wanted evaluate(Document document, String name) {
    Step<I, ?> step = steps.get(name);
    if (step == null) {
      return new Wanted.Broken(
          "Step '"
              + name
              + "' is not in version "
              + plan.version()
              + " of the plan, with which this engine went on. Provision the tenant again.");
    }
    try {
      Optional<String> skipped = skipped(name);
      if (skipped.isPresent()) {
        return new Wanted.Skip(skipped.get());
      }
      Codec.Encoded spec = known.get(name);
      if (spec != null) {
        return wanted(step, spec);
      }
      List<Object> read = new ArrayList<>();
      for (Step<I, ?> dependency : step.reads()) {
        read.add(output(document, dependency));
      }
      return encode(document, step, step.spec(tenant, read));
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      return new Wanted.Broken("The spec cannot be computed: " + redactedReason(document, step, e));
    }
  }

  /**
   * Refuses, before anything is called, a plan whose specs hold secrets while there is no cipher,
   * as far as they can be computed without outputs. Other faults of spec functions are their
   * step's.
   */
  void requireSealable() {
    if (codec.canSeal()) {
      return;
    }
    for (Step<I, ?> step : steps.values()) {
      Object spec = step.reads().isEmpty() ? specOrNull(step) : null;
      if (spec != null && step.provisioner().kind().spec().isInstance(spec)) {
        known.put(step.name(), codec.encode(spec, places.spec(step.name())));
      }
    }
  }

  private @Nullable Object specOrNull(Step<I, ?> step) {
    try {
      return skipped(step.name()).isPresent() ? null : step.spec(tenant, List.of());
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      return null;
    }
  }

  /** Says why host code failed, without the secrets it was given. */
  private String redactedReason(Document document, Step<I, ?> step, Throwable e) {
    // a secret that does not open is said by an exception of ours, which quotes none
    return e instanceof SecretException
        ? reason(e)
        : Redaction.of(given(document, step), reason(e));
  }

  /** Returns the secrets that a step's functions see: in the input, and in what the step reads. */
  private List<String> given(Document document, Step<I, ?> step) {
    List<String> secrets = new ArrayList<>(inputSecrets());
    for (Step<I, ?> dependency : step.reads()) {
      StepRecord record = document.step(dependency.name());
      if (record != null && record.current() != null) {
        addSecrets(secrets, record.current().output(), places.output(record.origin()));
      }
    }
    return secrets;
  }

  private List<String> inputSecrets() {
    List<String> secrets = inputSecrets;
    if (secrets == null) {
      secrets = new ArrayList<>();
      if (codec.canSeal()) {
        addSecrets(secrets, codec.json(tenant.input(), places.input()), places.input());
      }
      inputSecrets = secrets;
    }
    return secrets;
  }

  private void addSecrets(List<String> secrets, @Nullable JsonNode json, String place) {
    if (json != null && Codec.hasSecrets(json)) {
      secrets.addAll(codec.secrets(json, place));
    }
  }

  private Wanted encode(Document document, Step<I, ?> step, @Nullable Object spec) {
    if (spec == null) {
      throw new IllegalStateException("the spec function returned null");
    }
    Kind<?, ?> kind = step.provisioner().kind();
    if (!kind.spec().isInstance(spec)) {
      throw new IllegalStateException(
          "the spec is a " + spec.getClass().getName() + ", not a " + kind.spec().getName());
    }
    StepRecord record = document.step(step.name());
    String origin = record == null ? step.name() : record.origin();
    Codec.Encoded encoded = codec.encode(spec, places.spec(origin));
    String revealed = Redaction.whereRevealed(given(document, step), encoded.json());
    if (revealed != null) {
      return new Wanted.Broken(
          "The spec holds a secret in clear" + revealed + ". Make the field a Secret.");
    }
    return wanted(step, encoded);
  }

  private static Wanted wanted(Step<?, ?> step, Codec.Encoded encoded) {
    Kind<?, ?> kind = step.provisioner().kind();
    return new Wanted.Spec(
        kind.id(), kind.names(), encoded.json(), encoded.fingerprint(), encoded.bytes());
  }

  /** Reads a step's recorded output as other steps see it. */
  private <O> O output(Document document, Step<I, O> step) {
    StepRecord record = document.step(step.name());
    Resource current = record == null ? null : record.current();
    JsonNode output = current == null ? null : current.output();
    if (record == null || output == null) {
      throw new IllegalStateException("step '" + step.name() + "' has no output");
    }
    Class<?> type = step.provisioner().kind().output();
    return step.view(places.output(codec, record, output, type));
  }

  /** Says why host code failed: the message of our own exceptions, else the type and message. */
  static String reason(Throwable e) {
    if (e instanceof ProvisioningException ours) {
      return ours.plainMessage();
    }
    String message = e.getMessage();
    return message == null
        ? e.getClass().getSimpleName()
        : e.getClass().getSimpleName() + ": " + message;
  }

  /** Refuses an input whose recorded form is over the limit, or holds secrets without a cipher. */
  Codec.Encoded encodedInput(long maxBytes) {
    Codec.Encoded encoded = codec.encode(tenant.input(), places.input());
    if (encoded.bytes() > maxBytes) {
      throw new RefusedException(
          "The input has "
              + encoded.bytes()
              + " bytes as JSON; at most "
              + maxBytes
              + " are allowed. Keep large values elsewhere and pass references.",
          ErrorContext.of(tenant.id().toString(), plan.name()));
    }
    return encoded;
  }
}
