package dev.provisioner.proofs.kills;

import java.util.Locale;

/** What is done to a quickstart at work. */
enum Blow {
  /** The JVM is killed; Terraform goes on as an orphan. */
  JVM(30, true, true),
  /** The JVM and all it started are killed at once. */
  GROUP(30, true, false),
  /** A Terraform process is killed; the JVM is to go on by itself. */
  TERRAFORM(20, false, false),
  /** A provider process is killed; Terraform and the JVM are to go on by themselves. */
  PROVIDER(15, false, false),
  /** The JVM is stopped for longer than its lease, while another takes over; then it goes on. */
  FREEZE(5, false, true);

  /** How many of a hundred blows are of this kind. */
  final int share;

  final boolean killsJvm;

  /** Whether Terraform is let alone, and so knows what it has made. */
  final boolean sparesTerraform;

  Blow(int share, boolean killsJvm, boolean sparesTerraform) {
    this.share = share;
    this.killsJvm = killsJvm;
    this.sparesTerraform = sparesTerraform;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
