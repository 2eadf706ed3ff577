package dev.provisioner.testkit;

/** What can be asked of a {@link FakeCloud}. */
public enum CloudOperation {
  /** Reads one resource. */
  GET,
  /** Makes a resource. */
  CREATE,
  /** Replaces a resource's attributes. */
  UPDATE,
  /** Removes a resource. */
  DELETE,
  /** Reads all resources. */
  LIST
}
