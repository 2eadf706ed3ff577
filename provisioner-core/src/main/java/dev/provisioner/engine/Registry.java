package dev.provisioner.engine;

import dev.provisioner.error.ErrorContext;
import dev.provisioner.error.RefusedException;
import dev.provisioner.plan.Plan;
import dev.provisioner.plan.Step;
import dev.provisioner.spi.Provisioner;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The plans and provisioners an engine knows. */
final class Registry {
  private final Map<String, Plan<?>> plans = new LinkedHashMap<>();
  private final Map<String, Provisioner<Object, Object>> provisioners = new LinkedHashMap<>();

  Registry(Collection<Plan<?>> plans, Collection<Provisioner<?, ?>> more) {
    more.forEach(this::add);
    for (Plan<?> plan : plans) {
      if (this.plans.put(plan.name(), plan) != null) {
        throw new IllegalArgumentException(
            "Two plans are named '" + plan.name() + "'. Register one version of each plan.");
      }
      for (Step<?, ?> step : plan.fixedSteps()) {
        add(step.provisioner());
      }
    }
  }

  @SuppressWarnings("unchecked") // a provisioner is given only what its own kind describes
  private void add(Provisioner<?, ?> provisioner) {
    String id = provisioner.kind().id();
    Provisioner<?, ?> known = provisioners.put(id, (Provisioner<Object, Object>) provisioner);
    if (known != null && !known.equals(provisioner)) {
      throw new IllegalArgumentException(
          "Two provisioners have the id '"
              + id
              + "'. What is recorded under an id must be removed by one provisioner: use the same"
              + " instance in all steps, or give the kinds different ids.");
    }
  }

  Optional<Provisioner<Object, Object>> provisioner(String id) {
    return Optional.ofNullable(provisioners.get(id));
  }

  Collection<Provisioner<Object, Object>> provisioners() {
    return provisioners.values();
  }

  List<Plan<?>> plans() {
    return List.copyOf(plans.values());
  }

  /** Returns the plan of a sealed input; refuses one that is not here, or older. */
  Plan<?> required(SealedInput input) {
    Plan<?> plan = plans.get(input.plan());
    if (plan == null || plan.version() < input.planVersion()) {
      throw RefusedException.forNow(
          "The input was sealed for version "
              + input.planVersion()
              + " of the plan; "
              + (plan == null ? "no version" : "version " + plan.version())
              + " is registered with this engine. Leave it to another, or upgrade this node.",
          ErrorContext.of(input.tenant().toString(), input.plan()));
    }
    return plan;
  }

  Optional<Plan<?>> plan(String name) {
    return Optional.ofNullable(plans.get(name));
  }

  /** Refuses a plan that could not be resumed after a crash, because it is not registered. */
  void requireRegistered(Plan<?> plan) {
    if (plans.get(plan.name()) != plan) {
      throw new RefusedException(
          "Plan '"
              + plan.name()
              + "' is not registered with this engine, so its runs could not be resumed after a"
              + " crash. Pass that very object to ProvisioningEngine.builder(...).plans(...).",
          new ErrorContext(null, plan.name(), null, null, null));
    }
  }

  /** Refuses a step whose provisioner is not registered. */
  void requireRegistered(Step<?, ?> step, ErrorContext where) {
    String id = step.provisioner().kind().id();
    if (provisioners.get(id) != step.provisioner()) {
      throw new RefusedException(
          "The provisioner '"
              + id
              + "' is not registered with this engine, so what it makes could not be removed after"
              + " a restart. Steps of generated plans need"
              + " ProvisioningEngine.builder(...).provisioners(...). Registered: "
              + new TreeSet<>(provisioners.keySet())
              + ".",
          where.inStep(step.name()));
    }
  }
}
