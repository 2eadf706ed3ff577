package dev.provisioner.testkit.matrix;

import static dev.provisioner.testkit.CloudFailure.AMBIGUOUS;
import static dev.provisioner.testkit.CloudFailure.PERMANENT;
import static dev.provisioner.testkit.CloudFailure.TRANSIENT;
import static dev.provisioner.testkit.CloudOperation.CREATE;
import static dev.provisioner.testkit.CloudOperation.DELETE;
import static dev.provisioner.testkit.CloudOperation.UPDATE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.engine.ProvisionOptions;
import dev.provisioner.engine.ProvisionOptions.WhenRunning;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.state.Summary.Lifecycle;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is done to the tenant, from what state, and when its host asks for it again: as long as
 * nothing of it is recorded. The number is how many points an engine is known to pass at least.
 */
enum Operation {
  PROVISION(110, "archive bucket cluster legacy network role shared sync topic") {
    @Override
    void prepare(Scene scene) {
      scene.cloud.faults().on(CREATE, ROLE).failBefore(TRANSIENT);
      scene.cloud.faults().on(CREATE, TOPIC).failAfter(AMBIGUOUS);
    }

    @Override
    void ask(Node node) {
      node.provision(Wish.FIRST);
    }
  },
  UPDATE_ALL(130, "archive bucket cluster network role shared topic") {
    @Override
    void prepare(Scene scene) {
      standing(scene, Wish.FIRST);
      scene.cloud.faults().on(CREATE, ROLE).failBefore(TRANSIENT);
      scene.cloud.faults().on(UPDATE, TOPIC).failAfter(AMBIGUOUS);
      scene.cloud.faults().on(DELETE, SYNC).failAfter(AMBIGUOUS);
    }

    @Override
    long version() {
      return 2;
    }

    @Override
    void ask(Node node) {
      node.provision(Wish.OTHER);
    }
  },
  ROLL_BACK_ALL(130, "") {
    @Override
    void prepare(Scene scene) {
      scene.cloud.faults().on(CREATE, SYNC).everyTime().failBefore(PERMANENT);
      scene.cloud.faults().on(DELETE, TOPIC).failAfter(AMBIGUOUS);
    }

    @Override
    OnFailure onFailure() {
      return OnFailure.ROLL_BACK;
    }

    @Override
    void ask(Node node) {
      node.provision(Wish.FIRST);
    }
  },
  ROLL_BACK_UPDATE(150, "archive bucket cluster legacy network role shared topic") {
    @Override
    void prepare(Scene scene) {
      standing(scene, Wish.PLAIN);
      scene.cloud.faults().on(CREATE, SYNC).everyTime().failBefore(PERMANENT);
      scene.cloud.faults().on(UPDATE, TOPIC).failAfter(AMBIGUOUS);
    }

    @Override
    OnFailure onFailure() {
      return OnFailure.ROLL_BACK;
    }

    @Override
    void ask(Node node) {
      node.provision(Wish.MORE);
    }
  },
  DEPROVISION(80, "archive shared") {
    @Override
    void prepare(Scene scene) {
      standing(scene, Wish.FIRST);
      scene.cloud.faults().on(DELETE, TOPIC).failAfter(AMBIGUOUS);
      scene.cloud.faults().on(DELETE, ROLE).failBefore(TRANSIENT);
    }

    @Override
    void ask(Node node) {
      node.deprovision(MONTH);
    }
  },
  PURGE(10, "shared") {
    @Override
    void prepare(Scene scene) {
      removed(scene);
    }

    @Override
    void ask(Node node) {
      node.purge();
    }
  },
  /** The purge that nobody asks for, when the retention is over. */
  EXPIRE(10, "shared") {
    @Override
    void prepare(Scene scene) {
      removed(scene);
      scene.pass(MONTH);
    }

    @Override
    void ask(Node node) {}

    @Override
    boolean done(Scene scene) {
      return scene.summary().orElseThrow().lifecycle() == Lifecycle.PURGED;
    }
  },
  RESUME(10, "archive bucket cluster legacy network role shared sync topic") {
    @Override
    void prepare(Scene scene) {
      scene.cloud.faults().on(CREATE, SYNC).failBefore(PERMANENT);
      standing(scene, Wish.FIRST);
    }

    @Override
    void ask(Node node) {
      node.resume();
    }
  },
  /** A cancellation while the run waits and nobody holds its lease. */
  CANCEL_WAITING(8, "archive bucket legacy network role shared sync topic") {
    @Override
    void prepare(Scene scene) {
      waiting(scene);
    }

    @Override
    boolean asked(Scene scene, String before) {
      return scene.document().at("/signals/cancel").isTextual() || !scene.underWay();
    }

    @Override
    void ask(Node node) {
      node.cancel();
    }
  },
  /** A cancellation in the midst of the work, and then the run is resumed. */
  CANCEL_AND_RESUME(120, "archive bucket cluster legacy network role shared sync topic") {
    @Override
    void prepare(Scene scene) {
      scene.cloud.faults().on(CREATE, ROLE).failBefore(TRANSIENT);
    }

    @Override
    boolean asked(Scene scene, String before) {
      return scene.recorded() && CANCEL_WAITING.asked(scene, before);
    }

    @Override
    void ask(Node node) {
      if (!node.scene.recorded()) {
        node.provision(Wish.FIRST);
      }
      node.threads.runFor(Duration.ofMillis(50)); // while a try is put off and others are pending
      node.cancel();
    }

    @Override
    void afterwards(Node node) {
      if (node.scene.document().at("/run/status").asText().equals("CANCELLED")) {
        node.resume();
        node.end();
      }
    }
  },
  /** A request that waits for the run under way. */
  QUEUE(150, "archive bucket cluster legacy network role shared topic") {
    @Override
    void prepare(Scene scene) {
      waiting(scene);
    }

    @Override
    boolean asked(Scene scene, String before) {
      JsonNode document = scene.document();
      return !document.at("/signals/requests").isEmpty()
          || !before.startsWith(document.at("/run/id").asText());
    }

    @Override
    void ask(Node node) {
      node.engine.provision(
          node.steps.plan,
          node.scene.key.tenant(),
          Wish.OTHER,
          ProvisionOptions.defaults().whenRunning(WhenRunning.QUEUE));
    }

    @Override
    boolean done(Scene scene) {
      return !scene.underWay() && scene.document().at("/signals/requests").isEmpty();
    }
  },
  /** Somebody else's resource has the name of one of ours. */
  REFUSE(100, "(nobody's) archive bucket cluster legacy network role shared topic") {
    @Override
    void prepare(Scene scene) {
      scene.cloud.plant("fake-resources", SYNC, null, Map.of("a", "b"));
    }

    @Override
    void ask(Node node) {
      node.provision(Wish.FIRST);
    }
  };

  private static final String ROLE = "acme-role";
  private static final String SYNC = "acme-sync";
  private static final String TOPIC = "acme-topic";
  private static final Duration MONTH = Duration.ofDays(30);

  private final int atLeast;
  private final String leaves;

  Operation(int atLeast, String leaves) {
    this.atLeast = atLeast;
    this.leaves = leaves;
  }

  /** Returns how many points an engine passes at least when it does this. */
  int atLeast() {
    return atLeast;
  }

  /** Returns the steps that stand in the cloud afterwards, in order, separated by blanks. */
  String leaves() {
    return leaves;
  }

  long version() {
    return 1;
  }

  OnFailure onFailure() {
    return OnFailure.KEEP;
  }

  /** Brings about what stands before, and what will go wrong. */
  abstract void prepare(Scene scene);

  /** Returns whether it is recorded that this was asked for. */
  boolean asked(Scene scene, String before) {
    return scene.recorded() && !scene.run().equals(before);
  }

  abstract void ask(Node node);

  boolean done(Scene scene) {
    return !scene.underWay();
  }

  /** Does what is done once it is done. */
  void afterwards(Node node) {}

  private static void standing(Scene scene, Wish wish) {
    earlier(
        scene,
        node -> {
          node.provision(wish);
          node.end();
        });
  }

  private static void removed(Scene scene) {
    standing(scene, Wish.FIRST);
    earlier(
        scene,
        node -> {
          node.deprovision(MONTH);
          node.end();
        });
  }

  private static void waiting(Scene scene) {
    earlier(
        scene,
        node -> {
          node.provision(Wish.FIRST);
          node.workUntil(() -> !scene.document().path("lease").isObject());
        });
  }

  private static void earlier(Scene scene, Consumer<Node> work) {
    Node node = scene.earlier();
    work.accept(node);
    node.close();
  }
}
