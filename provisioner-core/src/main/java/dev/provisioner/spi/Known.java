package dev.provisioner.spi;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the engine knows of a resource: the spec it was made from and, once it was made, its output.
 * Before a removal and an update the output is the one {@code find} has just read.
 *
 * <p>Immutable.
 */
public final class Known<S, O> {
  private final S spec;
  private final @Nullable O output;

  private Known(S spec, @Nullable O output) {
    this.spec = Objects.requireNonNull(spec, "spec");
    this.output = output;
  }

  /** Returns a resource of which only the spec is known: its making was begun, no more. */
  public static <S, O> Known<S, O> begun(S spec) {
    return new Known<>(spec, null);
  }

  /** Returns a resource that was made. */
  public static <S, O> Known<S, O> made(S spec, O output) {
    return new Known<>(spec, Objects.requireNonNull(output, "output"));
  }

  /** Returns the spec it was made from. */
  public S spec() {
    return spec;
  }

  /** Returns what was made, or empty if we never learned that it was. */
  public Optional<O> output() {
    return Optional.ofNullable(output);
  }

  /** Does not show the values. */
  @Override
  public String toString() {
    return output == null ? "Known[begun]" : "Known[made]";
  }
}
