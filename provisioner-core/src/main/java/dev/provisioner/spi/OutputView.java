package dev.provisioner.spi;

import java.util.Objects;
import java.util.function.Function;

/**
 * A provisioner whose output is read as another type, such as a Terraform stack's outputs as a
 * record of the host's.
 *
 * @param provisioner the provisioner that does the work
 * @param view reads its output
 * @param <S> what is wanted
 * @param <R> what is recorded
 * @param <O> what the steps read
 */
public record OutputView<S, R, O>(
    Provisioner<S, R> provisioner, Function<? super R, ? extends O> view) {

  /** Refuses missing parts. */
  public OutputView {
    Objects.requireNonNull(provisioner, "provisioner");
    Objects.requireNonNull(view, "view");
  }
}
