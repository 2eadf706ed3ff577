package dev.provisioner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.SmallWorld.Node;
import dev.provisioner.engine.SmallWorld.Wish;
import dev.provisioner.internal.document.Document;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.state.FileStateStore;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateStore;
import dev.provisioner.state.Summary.RunStatus;
import dev.provisioner.testkit.CloudFailure;
import dev.provisioner.testkit.CloudOperation;
import dev.provisioner.testkit.CrashPoints;
import dev.provisioner.testkit.SimulatedCrash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills an engine at every instant of every operation, lets a second one go on, and compares what
 * stands, what was done and what is recorded with a run that was not killed.
 */
final class CrashMatrixTest {
  private static final Wish FIRST = new Wish("eu", "a", true, false);
  private static final Wish SECOND = new Wish("us", "b", false, false);
  private static final Duration HOUR = Duration.ofHours(1);

  /** What is done, from what state, and when the host must ask for it again. */
  @SuppressWarnings("ImmutableEnumChecker") // what it holds keeps no state
  enum Operation {
    PROVISION(
        1,
        OnFailure.KEEP,
        world -> failOnce(world, "the-role"),
        node -> node.engine.provision(node.plan, SmallWorld.ACME, FIRST)),
    UPDATE(
        2,
        OnFailure.KEEP,
        world -> {
          standing(world);
          failOnce(world, "the-role");
        },
        node -> node.engine.provision(node.plan, SmallWorld.ACME, SECOND)),
    ROLL_BACK_NEW(
        1,
        OnFailure.ROLL_BACK,
        world -> failAlways(world, "the-sync"),
        node -> node.engine.provision(node.plan, SmallWorld.ACME, FIRST)),
    ROLL_BACK_UPDATE(
        1,
        OnFailure.ROLL_BACK,
        world -> {
          standing(world, new Wish("eu", "a", false, false));
          failAlways(world, "the-sync");
        },
        node -> node.engine.provision(node.plan, SmallWorld.ACME, new Wish("us", "a", true, true))),
    DEPROVISION(
        1,
        OnFailure.KEEP,
        Operation::standing,
        node -> node.engine.deprovision(node.plan, SmallWorld.ACME, Duration.ofDays(300))),
    PURGE(
        1,
        OnFailure.KEEP,
        world -> {
          standing(world);
          with(
              world,
              node -> {
                node.engine.deprovision(node.plan, SmallWorld.ACME, Duration.ofDays(300));
                node.finish();
              });
        },
        node -> node.engine.purge(node.plan, SmallWorld.ACME)),
    CANCEL(
        1,
        OnFailure.KEEP,
        world ->
            with(
                world,
                node -> {
                  node.engine.provision(node.plan, SmallWorld.ACME, FIRST);
                  node.threads.runUntil(() -> world.document().lease() == null, HOUR);
                }),
        node -> node.engine.cancel(node.plan, SmallWorld.ACME)),
    RESUME(
        1,
        OnFailure.KEEP,
        world -> {
          failAlways(world, "the-sync");
          with(
              world,
              node -> {
                node.engine.provision(node.plan, SmallWorld.ACME, FIRST);
                node.finish();
              });
          world.cloud.faults().clear();
        },
        node -> node.engine.resume(node.plan, SmallWorld.ACME));

    private final long version;
    private final OnFailure onFailure;
    private final Consumer<SmallWorld> before;
    private final Consumer<Node> act;

    Operation(long version, OnFailure onFailure, Consumer<SmallWorld> before, Consumer<Node> act) {
      this.version = version;
      this.onFailure = onFailure;
      this.before = before;
      this.act = act;
    }

    private static void standing(SmallWorld world) {
      standing(world, FIRST);
    }

    private static void standing(SmallWorld world, Wish wish) {
      with(
          world,
          node -> {
            node.engine.provision(node.plan, SmallWorld.ACME, wish);
            node.finish();
          });
    }

    private static void with(SmallWorld world, Consumer<Node> work) {
      Node node = world.node(CrashPoints.none(), 1);
      work.accept(node);
      node.close();
    }

    private static void failOnce(SmallWorld world, String name) {
      world.cloud.faults().on(CloudOperation.CREATE, name).failBefore(CloudFailure.TRANSIENT);
    }

    private static void failAlways(SmallWorld world, String name) {
      world
          .cloud
          .faults()
          .on(CloudOperation.CREATE, name)
          .everyTime()
          .failBefore(CloudFailure.PERMANENT);
    }
  }

  /** What an operation left. */
  private record Left(
      String state, Map<String, String> effects, Map<String, String> standing, RunStatus status) {
    static Left in(SmallWorld world, OnFailure onFailure) {
      RunRecord run = world.document().run();
      return new Left(
          onFailure == OnFailure.KEEP ? world.state() : world.stateOfSteps(),
          world.effects(),
          world.standing(),
          run == null ? RunStatus.FAILED : run.status());
    }
  }

  @TempDir Path directory;
  private int directories;

  private StateStore file() {
    return FileStateStore.open(directory.resolve("store-" + ++directories));
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aCrashAtAnyInstantIsSurvived(Operation operation) {
    int points = tryAll(operation, MemoryStateStore::create, n -> true);
    System.out.println("crash matrix: " + operation + ": " + points + " points in memory");
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aCrashIsSurvivedOnFiles(Operation operation) {
    int points =
        tryAll(operation, this::file, n -> n % 5 == Math.floorMod(operation.name().hashCode(), 5));
    System.out.println("crash matrix: " + operation + ": " + points + " points on files");
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aCrashDuringTheRecoveryIsSurvived(Operation operation) {
    Left whole = uncrashed(operation, MemoryStateStore.create());
    int all = dryRun(operation).passed();
    Random random = new Random(operation.name().hashCode());
    int tried = 0;
    for (int i = 0; i < 25; i++) {
      List<Integer> crashes = new ArrayList<>();
      crashes.add(1 + random.nextInt(all));
      crashes.add(1 + random.nextInt(12));
      if (i % 3 == 0) {
        crashes.add(1 + random.nextInt(12));
      }
      check(operation, MemoryStateStore.create(), crashes, whole);
      tried++;
    }
    System.out.println("crash matrix: " + operation + ": " + tried + " crashed recoveries");
  }

  @Test
  void aCrashInTheMidstOfACloudCallIsSurvived() {
    for (Operation operation : List.of(Operation.PROVISION, Operation.UPDATE)) {
      Left whole = uncrashed(operation, MemoryStateStore.create());
      int tried = 0;
      boolean crashed = true;
      while (crashed) {
        SmallWorld world = new SmallWorld(MemoryStateStore.create());
        operation.before.accept(world);
        world.cloud.faults().crashDuring(world.cloud.calls().size() + ++tried);
        Node node = world.new Node(CrashPoints.none(), operation.version, operation.onFailure);
        try {
          operation.act.accept(node);
          node.finish();
        } catch (SimulatedCrash expected) {
          assertThat(node.points.crashed()).isTrue();
        }
        crashed = node.points.crashed();
        node.threads.drop();
        world.cloud.faults().clear();
        node.points.crash();
        Node last = world.new Node(CrashPoints.none(), operation.version, operation.onFailure);
        last.finish();
        assertThat(world.standing()).isEqualTo(whole.standing());
        world.effects().values().forEach(each -> assertThat(each).matches("(\\+~*-?)+"));
        assertThat(world.cloud.effectsOnPlanted()).isEmpty();
        assertThat(world.cloud.duplicates()).isEmpty();
        assertThat(differences(world.stateOfSteps(), steps(whole))).isEmpty();
      }
      System.out.println("crash matrix: " + operation + ": " + (tried - 1) + " cloud calls broken");
    }
  }

  private static String steps(Left whole) {
    return whole.state().substring(0, whole.state().indexOf("\"run\":"));
  }

  @Test
  void aCrashAroundACancelLosesNothing() {
    Left whole = uncrashed(Operation.RESUME, MemoryStateStore.create());
    int points = 0;
    boolean crashed = true;
    while (crashed) {
      SmallWorld world = new SmallWorld(MemoryStateStore.create());
      Node node = world.node(CrashPoints.at(++points), 1);
      try {
        provisionAndCancel(node);
      } catch (SimulatedCrash expected) {
        assertThat(node.points.crashed()).isTrue();
      }
      crashed = node.points.crashed();
      node.points.crash();
      node.threads.drop();
      Node last = world.node(CrashPoints.none(), 1);
      if (!world.recorded()) {
        last.engine.provision(last.plan, SmallWorld.ACME, FIRST);
      }
      last.engine.cancel(last.plan, SmallWorld.ACME);
      last.finish();
      assertThat(Left.in(world, OnFailure.KEEP).status()).isEqualTo(RunStatus.CANCELLED);
      last.engine.resume(last.plan, SmallWorld.ACME);
      last.finish();
      assertThat(world.standing()).isEqualTo(whole.standing());
      assertThat(world.effects()).isEqualTo(whole.effects());
      assertThat(differences(world.stateOfSteps(), steps(whole))).isEmpty();
    }
    System.out.println("crash matrix: cancel under way: " + (points - 1) + " points");
  }

  private static void provisionAndCancel(Node node) {
    node.engine.provision(node.plan, SmallWorld.ACME, FIRST);
    for (int i = 0; i < 12; i++) {
      node.threads.runNext();
    }
    node.engine.cancel(node.plan, SmallWorld.ACME);
    node.finish();
  }

  private int tryAll(Operation operation, Supplier<StateStore> stores, Predicate<Integer> which) {
    Left whole = uncrashed(operation, MemoryStateStore.create());
    CrashPoints all = dryRun(operation);
    int tried = 0;
    for (int n = 1; n <= all.passed(); n++) {
      if (which.test(n)) {
        try (StateStore store = stores.get()) {
          check(operation, store, List.of(n), whole);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              operation + " crashed at " + n + ": " + all.names().get(n - 1), e);
        }
        tried++;
      }
    }
    return tried;
  }

  private static CrashPoints dryRun(Operation operation) {
    SmallWorld world = new SmallWorld(MemoryStateStore.create());
    operation.before.accept(world);
    CrashPoints points = CrashPoints.none();
    Node node = world.new Node(points, operation.version, operation.onFailure);
    operation.act.accept(node);
    node.finish();
    return points;
  }

  private static Left uncrashed(Operation operation, StateStore store) {
    SmallWorld world = new SmallWorld(store);
    operation.before.accept(world);
    Node node = world.new Node(CrashPoints.none(), operation.version, operation.onFailure);
    operation.act.accept(node);
    node.finish();
    return Left.in(world, operation.onFailure);
  }

  private static void check(
      Operation operation, StateStore store, List<Integer> crashes, Left whole) {
    SmallWorld world = new SmallWorld(store);
    operation.before.accept(world);
    String before = world.recorded() ? runs(world.document()) : "";
    for (int at : crashes) {
      Node node = world.new Node(CrashPoints.at(at), operation.version, operation.onFailure);
      try {
        go(operation, world, node, before);
      } catch (SimulatedCrash expected) {
        assertThat(node.points.crashed()).isTrue();
      }
      node.points.crash();
      node.threads.drop();
    }
    Node last = world.new Node(CrashPoints.none(), operation.version, operation.onFailure);
    go(operation, world, last, before);

    Left left = Left.in(world, operation.onFailure);
    assertThat(left.status()).isEqualTo(whole.status());
    assertThat(left.standing()).isEqualTo(whole.standing());
    if (operation.onFailure == OnFailure.KEEP) {
      assertThat(left.effects()).isEqualTo(whole.effects());
    } else {
      left.effects().values().forEach(CrashMatrixTest::assertMadeAndRemovedOnce);
    }
    assertThat(differences(left.state(), whole.state())).isEmpty();
    assertThat(world.cloud.effectsOnPlanted()).isEmpty();
    assertThat(world.cloud.duplicates()).isEmpty();
    assertThat(world.cloud.inFlight().overlaps()).isEmpty();
    assertThat(world.document().lease()).isNull();
  }

  /** Asks for the operation as long as nothing of it is recorded, and lets it end. */
  private static void go(Operation operation, SmallWorld world, Node node, String before) {
    if (!world.recorded() || runs(world.document()).equals(before)) {
      operation.act.accept(node);
    }
    if (world.recorded()) {
      node.finish();
    }
  }

  private static List<String> differences(String is, String should) {
    List<String> left = is.lines().toList();
    List<String> right = should.lines().toList();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < Math.max(left.size(), right.size()) && differences.size() < 5; i++) {
      String a = i < left.size() ? left.get(i) : "";
      String b = i < right.size() ? right.get(i) : "";
      if (!a.equals(b)) {
        differences.add("line " + i + " is " + a + " should be " + b);
      }
    }
    return differences;
  }

  /** What a rolled back run had done when the failure was recorded is left to chance. */
  private static void assertMadeAndRemovedOnce(String effects) {
    assertThat(effects.replace("~", "")).isIn("", "+", "+-");
  }

  private static String runs(Document document) {
    RunRecord run = document.run();
    return run == null
        ? ""
        : run.id()
            + run.resumes()
            + (run.status().underWay() ? document.signals().cancel() : run.status());
  }
}
