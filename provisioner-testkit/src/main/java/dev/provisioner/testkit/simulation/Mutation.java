package dev.provisioner.testkit.simulation;

import dev.provisioner.spi.Provisioner;

/** Makes provisioners wrong, to prove that it would be noticed. */
@FunctionalInterface
interface Mutation {
  Mutation NONE = (provisioner, cloud) -> provisioner;

  Provisioner<Spec, Made> around(Provisioner<Spec, Made> provisioner, Cloud cloud);
}
