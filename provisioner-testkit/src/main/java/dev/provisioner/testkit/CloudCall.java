package dev.provisioner.testkit;

/**
 * One call that reached a {@link FakeCloud}, whether it succeeded or not.
 *
 * @param number its place among all calls to this cloud, from 1
 * @param operation what was asked
 * @param name the resource it was about; empty for a list
 * @param occurrence its place among the calls of this operation for this name, from 1
 */
public record CloudCall(long number, CloudOperation operation, String name, int occurrence) {

  /** Returns for example {@code call 7: CREATE acme-bucket (2)}. */
  @Override
  public String toString() {
    return "call " + number + ": " + operation + " " + name + " (" + occurrence + ")";
  }
}
