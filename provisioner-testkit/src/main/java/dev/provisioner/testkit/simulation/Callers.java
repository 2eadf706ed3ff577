package dev.provisioner.testkit.simulation;

import dev.provisioner.engine.Outcome;
import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.engine.Run;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.StateStoreException;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.SimulatedCrash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Those who ask the engines for something, on any node, at any time. */
final class Callers {
  private final World world;
  private final Choices choices;
  private final Wishes wishes;
  private final List<TenantId> tenants = new ArrayList<>();
  private final Map<TenantId, Wish> latest = new TreeMap<>();
  private final List<Asked> asked = new ArrayList<>();

  private record Asked(Node node, Run run) {}

  Callers(World world, Choices choices, int tenants) {
    this.world = world;
    this.choices = choices;
    this.wishes = new Wishes(choices);
    for (int i = 0; i < tenants; i++) {
      this.tenants.add(TenantId.of("t" + i));
    }
  }

  List<TenantId> tenants() {
    return tenants;
  }

  /** Makes one request that is chosen. */
  void act() {
    List<Node> able = world.nodes().stream().filter(Node::able).toList();
    if (able.isEmpty()) {
      return;
    }
    Node node = able.get(choices.pick(able.size()));
    TenantId tenant = tenants.get(choices.pick(tenants.size()));
    switch (choices.weighted(12, 3, 2, 3, 3, 2, 1, 1, 2)) {
      case 0 -> provision(node, tenant, chosen(tenant), choices.oneIn(3));
      case 1 -> look();
      case 2 -> ask(node, "cancels " + tenant, () -> node.engine.cancel(node.plan, tenant));
      case 3 -> run(node, "resumes " + tenant, () -> node.engine.resume(node.plan, tenant));
      case 4 -> deprovision(node, tenant, Duration.ofSeconds(choices.pick(3) * 60L));
      case 5 -> run(node, "purges " + tenant, () -> node.engine.purge(node.plan, tenant));
      case 6 -> preview(node, tenant, chosen(tenant));
      case 7 -> drift(node, tenant);
      default -> cancelOne();
    }
  }

  private Wish chosen(TenantId tenant) {
    Wish last = latest.get(tenant);
    if (last == null) {
      return wishes.fresh();
    }
    return switch (choices.weighted(2, 3, 1)) {
      case 0 -> last;
      case 1 -> wishes.changed(last);
      default -> wishes.fresh();
    };
  }

  @Nullable Run provision(Node node, TenantId tenant, Wish wish, boolean queues) {
    latest.put(tenant, wish);
    ProvisionOptions options =
        ProvisionOptions.defaults().whenRunning(queues ? WhenRunning.QUEUE : WhenRunning.REFUSE);
    world.model().wished(wish);
    return run(
        node,
        (queues ? "queues " : "provisions ") + tenant + " " + wish.text(),
        () -> node.engine.provision(node.plan, tenant, wish, options));
  }

  @Nullable Run deprovision(Node node, TenantId tenant, Duration retention) {
    return run(
        node,
        "deprovisions " + tenant,
        () -> node.engine.deprovision(node.plan, tenant, retention));
  }

  @Nullable Run run(Node node, String what, Supplier<Run> request) {
    Optional<Run> run = ask(node, what, request);
    if (run.isPresent()) {
      world.named("run-", run.get().id());
      world.tell(node, ": accepted as ", run.get().id());
      world.model().accepted(run.get().id());
      asked.add(new Asked(node, run.get()));
    }
    return run.orElse(null);
  }

  private void look() {
    if (asked.isEmpty()) {
      return;
    }
    Asked one = asked.get(choices.pick(asked.size()));
    if (!one.node().able()) {
      return;
    }
    ask(one.node(), "asks for " + one.run().id(), () -> outcome(one.node(), one.run()));
  }

  /** Cancels a run whatever has become of it: it may wait, be under way, or have ended. */
  private void cancelOne() {
    if (asked.isEmpty()) {
      return;
    }
    Asked one = asked.get(choices.pick(asked.size()));
    if (!one.node().able()) {
      return;
    }
    ask(
        one.node(),
        "cancels " + one.run().id(),
        () -> {
          one.run().cancel();
          return true;
        });
  }

  private Outcome outcome(Node node, Run run) {
    Outcome outcome = run.outcome();
    node.requireAlive();
    world.model().told(run.id(), outcome);
    world.tell(node, ": ", outcome);
    return outcome;
  }

  private void preview(Node node, TenantId tenant, Wish wish) {
    ask(node, "previews " + tenant, () -> node.engine.preview(node.plan, tenant, wish))
        .ifPresent(preview -> world.tell(node, ": ", preview.steps()));
  }

  private void drift(Node node, TenantId tenant) {
    if (world.nested()) {
      return; // who waits for calls that wait for us would wait for ever
    }
    world.runCalls(node);
    if (!node.able()) {
      return;
    }
    ask(
        node,
        "asks for drift of " + tenant,
        () -> {
          List<Object> report = new ArrayList<>();
          node.threads.waitingForCalls(
              () -> {
                try {
                  report.add(node.engine.drift(node.plan, tenant));
                } catch (InterruptedException e) {
                  throw world.model().broken(Rule.INSIDE, "a drift check was interrupted");
                }
              });
          return report;
        });
  }

  /** Makes a request; what the engine may rightly throw gives nothing. */
  <T> Optional<T> ask(Node node, String what, Supplier<T> request) {
    world.tell(node, ": somebody ", what);
    List<T> answer = new ArrayList<>(1);
    world.request(
        () -> {
          try {
            answer.add(request.get());
          } catch (RefusedException | StateStoreException e) {
            world.tell(node, ": ", e);
          } catch (SimulatedCrash e) {
            if (!node.dead()) {
              throw e;
            }
          } catch (RuntimeException e) {
            throw world.model().broken(Rule.INSIDE, node, ": somebody ", what, ": ", e);
          }
        });
    return answer.stream().findFirst();
  }
}
