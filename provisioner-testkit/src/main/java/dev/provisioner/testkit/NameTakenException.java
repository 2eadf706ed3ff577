package dev.provisioner.testkit;

/**
 * A {@link FakeCloud} refuses a creation because the name exists. It does not say whose it is: it
 * may well be ours, from a call whose response was lost.
 */
public final class NameTakenException extends RuntimeException {
  private final String name;

  /** Creates the refusal of this name. */
  public NameTakenException(String name) {
    super("A resource named '" + name + "' exists already.");
    this.name = name;
  }

  /** Returns the name. */
  public String name() {
    return name;
  }
}
