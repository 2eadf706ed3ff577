package dev.provisioner.spi;

import dev.provisioner.internal.Identifiers;
import dev.provisioner.tenant.NameRule;
import java.util.Objects;

/**
 * What a provisioner makes: an id that is recorded with every resource, the types of its spec and
 * output, and the names its backend accepts.
 *
 * <p>Specs and outputs are recorded as JSON: use records of strings, numbers, booleans, enums,
 * {@code Duration}, {@code Instant}, {@code URI}, {@code Secret}, lists, maps and further records.
 * A field that is added later must accept null, because documents written before lack it.
 *
 * @param id stable for ever: a recorded resource is removed by the provisioner with its id; lower
 *     case letters, digits and hyphens, at most 63
 * @param spec the type of what is wanted
 * @param output the type of what was made
 * @param names what the backend accepts as a name, for {@link Attempt#name()}
 */
public record Kind<S, O>(String id, Class<S> spec, Class<O> output, NameRule names) {
  /** Checks the id. */
  public Kind {
    if (!Identifiers.isName(id)) {
      throw new IllegalArgumentException(
          "A provisioner's id has 1 to 63 lower-case letters, digits and hyphens and begins with a"
              + " letter; '"
              + id
              + "' does not.");
    }
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(names, "names");
  }

  /** Returns a kind whose names have up to 63 letters, digits and hyphens. */
  public static <S, O> Kind<S, O> of(String id, Class<S> spec, Class<O> output) {
    return new Kind<>(id, spec, output, NameRule.hyphenated(63));
  }

  /** Returns this kind with other limits for its names. Names already recorded stay. */
  public Kind<S, O> names(NameRule rule) {
    return new Kind<>(id, spec, output, rule);
  }
}
