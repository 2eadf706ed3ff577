package dev.provisioner.testkit.matrix;

import dev.provisioner.engine.Outcome;
import dev.provisioner.event.ProvisioningEvent;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.secret.Secret;
import dev.provisioner.testkit.CloudEffect;
import dev.provisioner.testkit.CloudOwner;
import dev.provisioner.testkit.CloudResource;
import dev.provisioner.testkit.FakeResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an operation left, without what rightly differs from time to time.
 *
 * @param outcome what its host is told
 * @param document what is recorded
 * @param standing what stands in the cloud, by step
 * @param untouched the steps whose resource is the one that stood before the operation
 * @param effects how often each step's resource was made (+), changed (~) and removed (-), ever
 * @param told what the engine that ended it told its listeners
 * @param broken what is never right
 */
record Left(
    String outcome,
    String document,
    Map<String, String> standing,
    Set<String> untouched,
    Map<String, String> effects,
    Set<String> told,
    List<String> broken) {

  static Left by(Node last, Set<String> idsBefore, List<ProvisioningEvent> toldByAll) {
    Scene scene = last.scene;
    Set<String> untouched = new TreeSet<>();
    for (CloudResource each : scene.cloud.existing()) {
      if (idsBefore.contains(each.id()) && !Neighbours.isOne(each)) {
        untouched.add(step(each));
      }
    }
    Set<String> told = new TreeSet<>();
    last.events.forEach(event -> told.add(Told.what(event)));
    List<String> broken = new ArrayList<>(Neighbours.harmed(scene));
    broken.addAll(scene.cloud.inFlight().overlaps());
    broken.addAll(Told.twice(toldByAll));
    return new Left(
        outcome(last),
        new Recorded(scene).text(),
        standing(last),
        untouched,
        effects(scene),
        told,
        broken);
  }

  private static String outcome(Node last) {
    Outcome outcome =
        last.engine.run(last.steps.plan, last.scene.key.tenant()).orElseThrow().outcome();
    return outcome.getClass().getSimpleName() + ": " + Recorded.masked(outcome.explain());
  }

  private static Map<String, String> standing(Node last) {
    Map<String, String> standing = new TreeMap<>();
    Optional<String> key =
        last.engine
            .output(last.steps.plan, last.scene.key.tenant(), last.steps.bucket)
            .map(FakeResource::key)
            .map(Secret::reveal);
    for (CloudResource each : last.scene.cloud.existing()) {
      if (!Neighbours.isOne(each)) {
        Map<String, String> attributes = new TreeMap<>(each.attributes());
        attributes.computeIfPresent(
            "fake:key", (name, is) -> key.equals(Optional.of(is)) ? "recorded" : "not recorded");
        standing.merge(
            step(each), each.name() + " " + attributes, (one, other) -> one + " and " + other);
      }
    }
    return standing;
  }

  private static Map<String, String> effects(Scene scene) {
    Map<String, String> effects = new TreeMap<>();
    for (CloudEffect effect : scene.cloud.effects()) {
      String sign = effect.before() == null ? "+" : effect.after() == null ? "-" : "~";
      effects.merge(step(effect.resource()), sign, String::concat);
    }
    return effects;
  }

  private static String step(CloudResource resource) {
    return resource.owner().map(CloudOwner::step).orElse("(nobody's)");
  }

  /** Returns what is not as it should be after a crash. */
  List<String> differences(Left should, Operation operation, Death death) {
    boolean byChance = operation.onFailure() == OnFailure.ROLL_BACK;
    List<String> differences = new ArrayList<>(broken);
    unequal(differences, "standing", standing, should.standing);
    if (!untouched.containsAll(should.untouched)) {
      differences.add("only " + untouched + " are the ones that stood before");
    }
    if (byChance) {
      // What else was made when the failure came is left to chance, and so is what was undone.
      effects.forEach((step, is) -> requireUndone(differences, step, is, should));
    } else {
      unequal(differences, "effects", counted(effects, death), counted(should.effects, death));
      unequal(differences, "outcome", outcome, should.outcome);
      Set<String> strange = new HashSet<>(told);
      strange.removeAll(should.told);
      strange.removeAll(Told.OF_A_RECOVERY);
      if (!strange.isEmpty()) {
        differences.add("told " + strange);
      }
    }
    differences.addAll(Recorded.differences(document, should.document));
    return differences;
  }

  /** A call that broke off half done is completed by a change. */
  private static Map<String, String> counted(Map<String, String> effects, Death death) {
    Map<String, String> counted = new HashMap<>(effects);
    if (death == Death.TORN) {
      counted.replaceAll((step, signs) -> signs.replace("~", ""));
    }
    return counted;
  }

  private static void requireUndone(List<String> differences, String step, String is, Left should) {
    String reference = should.effects.getOrDefault(step, "");
    long made = count(is, '+');
    long balance = made - count(is, '-');
    if (balance != count(reference, '+') - count(reference, '-') || made > count(reference, '+')) {
      differences.add("effects on " + step + " are " + is + ", should be " + reference);
    }
  }

  private static long count(String signs, char sign) {
    return signs.chars().filter(each -> each == sign).count();
  }

  private static void unequal(List<String> differences, String what, Object is, Object should) {
    if (!Objects.equals(is, should)) {
      differences.add(what + " is\n  " + is + "\n  should be\n  " + should);
    }
  }
}
