package dev.provisioner.plan;

import dev.provisioner.tenant.Tenant;
import java.util.List;

/** The shapes of spec functions: the tenant and up to four outputs of other steps. */
public final class Specs {
  private Specs() {}

  /** Computes a spec from the tenant and one output. */
  @FunctionalInterface
  public interface Of1<I, A, S> {
    /** Computes the spec. Pure. */
    S apply(Tenant<I> tenant, A a);
  }

  /** Computes a spec from the tenant and two outputs. */
  @FunctionalInterface
  public interface Of2<I, A, B, S> {
    /** Computes the spec. Pure. */
    S apply(Tenant<I> tenant, A a, B b);
  }

  /** Computes a spec from the tenant and three outputs. */
  @FunctionalInterface
  public interface Of3<I, A, B, C, S> {
    /** Computes the spec. Pure. */
    S apply(Tenant<I> tenant, A a, B b, C c);
  }

  /** Computes a spec from the tenant and four outputs. */
  @FunctionalInterface
  public interface Of4<I, A, B, C, D, S> {
    /** Computes the spec. Pure. */
    S apply(Tenant<I> tenant, A a, B b, C c, D d);
  }

  /** Computes a spec from the tenant and the outputs of the steps it reads, in their order. */
  @FunctionalInterface
  interface Raw<I> {
    Object apply(Tenant<I> tenant, List<Object> read);
  }
}
