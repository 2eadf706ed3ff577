package dev.provisioner.terraform;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Terraform stack that is wanted: a module and its variables.
 *
 * <pre>{@code
 * new StackSpec("modules/network", Map.of("region", region))
 * StackSpec.of("modules/network").variable("region", region).variable("token", Secret.of(token))
 * stacks.stack("modules/network").variables(new NetworkVariables(region, zones))
 * }</pre>
 *
 * <p>Variables are JSON: strings, numbers, booleans, lists, maps with string keys, and records of
 * those, whose components become {@code snake_case}. A {@code Secret} may stand anywhere among
 * them; a variable that holds one reaches Terraform by its environment only. Declare the type of
 * such a variable: {@code string} for a secret itself, an object, map or list type for what holds
 * one.
 *
 * <p><b>When is a changed module a change?</b> The engine compares specs. With {@link
 * TerraformStacks#stack} the spec holds a hash of the module's files, so that a release with a
 * changed module updates every tenant at its next {@code provision}, and a preview shows it. A spec
 * made here holds none: then a changed module shows as a difference in a drift check, and is
 * applied when the stack is applied next for another reason.
 *
 * <p>Immutable.
 *
 * @param module the module's directory below the module root, with {@code /}; without {@code ..}
 * @param variables by name; in the order of their names
 * @param moduleHash the hash of the module's files that this spec is for, or null for the files as
 *     they are when the stack is applied
 */
public record StackSpec(String module, Map<String, Object> variables, @Nullable String moduleHash) {

  /**
   * Checks the module's path and the variables, and copies them.
   *
   * @throws IllegalArgumentException if the path could leave the module root, or a variable has a
   *     name or a value that Terraform would not take; the message never holds a value
   */
  public StackSpec {
    ModulePath.check(module);
    variables = Variables.normalised(Objects.requireNonNull(variables, "variables"));
  }

  /** Creates a spec for the module's files as they are when the stack is applied. */
  public StackSpec(String module, Map<String, ?> variables) {
    this(module, new LinkedHashMap<>(variables), null);
  }

  /** Returns a spec without variables. */
  public static StackSpec of(String module) {
    return new StackSpec(module, Map.of());
  }

  /** Returns this spec with one more variable; one of the same name is replaced. */
  public StackSpec variable(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(variables);
    more.put(name, value);
    return new StackSpec(module, more, moduleHash);
  }

  /**
   * Returns this spec with a variable for each component of a record: {@code vpcId} becomes {@code
   * vpc_id}; null components are left out.
   */
  public StackSpec variables(Record values) {
    Map<String, Object> more = new LinkedHashMap<>(variables);
    more.putAll(Variables.components(values));
    return new StackSpec(module, more, moduleHash);
  }

  /** Shows the module and the names of the variables, not their values. */
  @Override
  public String toString() {
    return "StackSpec[" + module + ", variables=" + variables.keySet() + "]";
  }
}
