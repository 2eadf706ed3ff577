package dev.provisioner.testkit;

/** A {@link FakeCloud} has no resource with this name and id, so it cannot be changed. */
public final class NoSuchResourceException extends RuntimeException {

  /** Creates the refusal. */
  public NoSuchResourceException(String name, String id) {
    super("There is no resource named '" + name + "' with the id '" + id + "'.");
  }
}
