package dev.provisioner.testkit.matrix;

import dev.provisioner.state.MemoryStateStore;
import java.util.List;

/**
 * An operation that was not disturbed.
 *
 * @param left what all others are compared with
 * @param points the points its engine passed
 * @param calls how many calls to the cloud it made
 * @param pieces how many pieces of work it took
 */
record Dry(Left left, List<String> points, int calls, int pieces) {

  static Dry run(Operation operation) {
    Trial trial = new Trial(operation, Parts.RIGHT, MemoryStateStore.create());
    Node node = trial.last();
    List<String> points = node.points.names();
    Dry dry = new Dry(trial.left(node), points, trial.calls(), node.pieces());
    String standing = String.join(" ", dry.left.standing().keySet());
    if (!dry.left.broken().isEmpty() || !standing.equals(operation.leaves())) {
      throw new AssertionError(
          operation + ", undisturbed, left " + standing + "; " + dry.left.broken());
    }
    return dry;
  }

  /** Returns how many instants there are for a death. */
  int instants(Death death) {
    return switch (death) {
      case SILENT, KNOWN -> points.size();
      case TORN -> calls;
      case PAUSED -> pieces;
    };
  }

  /** Says which instant it was. */
  String instant(Death death, int at) {
    return switch (death) {
      case SILENT, KNOWN -> "at point " + at + ", " + points.get(at - 1);
      case TORN -> "in the midst of call " + at + " to the cloud";
      case PAUSED -> "after " + at + " pieces of work";
    };
  }
}
