package dev.provisioner.terraform;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The outputs of a Terraform stack.
 *
 * <p>Immutable.
 *
 * @param outputs by name, in the order of their names: strings, numbers, booleans, lists and maps;
 *     a sensitive output is a {@code Secret}, of its JSON text if it is no string
 */
public record StackOutputs(Map<String, Object> outputs) {

  /** Copies the outputs. */
  public StackOutputs {
    outputs = Collections.unmodifiableMap(new TreeMap<>(outputs));
  }

  /**
   * Returns the outputs as a record of the host's. Output {@code vpc_id} is component {@code
   * vpcId}; further outputs are left out. A component may be absent if it is {@code Optional} or
   * annotated {@code org.jspecify.annotations.Nullable}; a sensitive output must be read as a
   * {@code Secret}.
   *
   * @throws IllegalArgumentException if the type is no record
   * @throws dev.provisioner.error.PermanentException if an output is missing or has another type;
   *     the message names it, and the outputs there are
   */
  public <T> T as(Class<T> type) {
    return OutputReader.of(type).read(outputs);
  }

  /** Shows the names of the outputs, not their values. */
  @Override
  public String toString() {
    return "StackOutputs" + outputs.keySet();
  }
}
