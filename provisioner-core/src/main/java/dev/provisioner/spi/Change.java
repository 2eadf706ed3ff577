package dev.provisioner.spi;

import java.util.Objects;

/** How a provisioner gets from one spec to another. */
public sealed interface Change {

  /** In place, by {@link Provisioner#update}. */
  record Update() implements Change {}

  /**
   * By another resource beside it: the new one is created under another name and marker, the steps
   * that read it are brought up to date, then the old one is removed.
   *
   * @param reason what cannot be changed in place, for people
   */
  record Replace(String reason) implements Change {}

  /**
   * By removing it first: for what can exist only once. What it holds is lost.
   *
   * @param reason what cannot be changed in place, for people
   */
  record RemoveThenCreate(String reason) implements Change {}

  /**
   * Not at all: the step fails before anything is touched.
   *
   * @param reason why, and what to do, for people
   */
  record Refused(String reason) implements Change {
    /** Refuses a missing reason. */
    public Refused {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /** Returns a change in place. */
  static Change update() {
    return new Update();
  }

  /** Returns a replacement that is created before the old resource is removed. */
  static Change replace(String reason) {
    return new Replace(reason);
  }

  /**
   * Returns a replacement that is created after the old resource is removed, with what it holds.
   */
  static Change removeThenCreate(String reason) {
    return new RemoveThenCreate(reason);
  }

  /** Returns that this change is not possible. */
  static Change refused(String reason) {
    return new Refused(reason);
  }
}
