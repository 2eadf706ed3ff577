package dev.provisioner.tenant;

import dev.provisioner.internal.Names;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a step's spec is computed from: the tenant's id, the host's input for it, and names derived
 * from it.
 *
 * <p>Immutable and thread-safe if the input is.
 *
 * @param <I> the type of the plan's input
 */
public final class Tenant<I> {
  private final TenantId id;
  private final I input;
  private final Names names;
  private final String scope;

  private Tenant(TenantId id, I input, Names names, String scope) {
    this.id = Objects.requireNonNull(id, "id");
    this.input = Objects.requireNonNull(input, "input");
    this.names = names;
    this.scope = scope;
  }

  /**
   * Returns a tenant of a plan in an installation; hosts need this only in tests of their own spec
   * functions.
   */
  public static <I> Tenant<I> of(TenantId id, I input, String installation, String plan) {
    return new Tenant<>(id, input, Names.of(installation, id, plan), "");
  }

  /** Returns the tenant's id. */
  public TenantId id() {
    return id;
  }

  /** Returns what the host passed to {@code provision}. */
  public I input() {
    return input;
  }

  /**
   * Returns a name for one of this tenant's things: lower-case letters, digits and hyphens, a
   * letter first. The name ends in a hash of installation, tenant, plan and label, so that no two
   * tenants, plans or installations share it, however alike their ids are. Same arguments, same
   * name, on every machine and in every release.
   *
   * @param label what the thing is, such as {@code "landing"}; part of the name
   * @param maxLength the target's limit, 16 to 255 characters
   */
  public String name(String label, int maxLength) {
    return name(label, NameRule.hyphenated(maxLength));
  }

  /** Returns a name for one of this tenant's things under a target's own rule. */
  public String name(String label, NameRule rule) {
    return names.derive("label", scope + label, 0, rule);
  }

  /**
   * Returns this tenant as a plan included under a prefix sees it: with that plan's input, and with
   * names of its own.
   */
  public <J> Tenant<J> within(String prefix, Function<? super I, ? extends J> view) {
    J inner = Objects.requireNonNull(view.apply(input), "the view's result");
    return new Tenant<>(id, inner, names, scope + prefix + "/");
  }

  @Override
  public String toString() {
    return "Tenant[" + id + "]";
  }
}
