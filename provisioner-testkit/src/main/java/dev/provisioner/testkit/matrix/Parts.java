package dev.provisioner.testkit.matrix;

import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.FakeResourcesBuilder;
import java.util.function.UnaryOperator;

/**
 * What an engine of the matrix works with; a test puts faulty parts in, to prove that the matrix
 * would notice.
 *
 * @param resources completes the provisioners
 * @param store one engine's view of the store, which dies with it
 */
record Parts(UnaryOperator<FakeResourcesBuilder> resources, UnaryOperator<StateStore> store) {
  static final Parts RIGHT = new Parts(builder -> builder, store -> store);
}
