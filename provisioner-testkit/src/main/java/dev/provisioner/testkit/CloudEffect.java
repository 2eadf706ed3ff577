package dev.provisioner.testkit;

import org.jspecify.annotations.Nullable;

/**
 * What a call changed in a {@link FakeCloud}. A call that changed nothing has no effect: a read, a
 * refused creation, the removal of what is absent.
 *
 * @param call the call, even if its response was lost
 * @param before the resource before, or null if the call created it
 * @param after the resource after, or null if the call removed it
 */
public record CloudEffect(
    CloudCall call, @Nullable CloudResource before, @Nullable CloudResource after) {

  /** Refuses an effect on nothing. */
  public CloudEffect {
    if (before == null && after == null) {
      throw new IllegalArgumentException("An effect has a resource before it, after it, or both.");
    }
  }

  /** Returns the resource it was about: as it is now, or as it was last. */
  @SuppressWarnings("NullAway") // the constructor refuses an effect with neither
  public CloudResource resource() {
    return after != null ? after : before;
  }
}
