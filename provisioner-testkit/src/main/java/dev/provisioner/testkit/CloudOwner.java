package dev.provisioner.testkit;

import dev.provisioner.spi.Marker;

/**
 * Whose a resource is: its marker without the nonce, so that two creations for the same step are
 * seen to have the same owner.
 *
 * @param installation the engine's installation id
 * @param tenant the hash of the tenant's id, as in {@link Marker#tenant()}
 * @param plan the plan's name
 * @param step the step's name
 */
public record CloudOwner(String installation, String tenant, String plan, String step) {

  /** Returns the owner that a marker names. */
  public static CloudOwner of(Marker marker) {
    return new CloudOwner(marker.installation(), marker.tenant(), marker.plan(), marker.step());
  }
}
