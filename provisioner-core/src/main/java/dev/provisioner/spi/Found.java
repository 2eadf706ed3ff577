package dev.provisioner.spi;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a provisioner sees when it looks for a resource in its backend. The engine adopts or
 * completes what is ours, makes what is absent, and refuses to touch anything else.
 */
public sealed interface Found<O> {

  /** Nothing is there. */
  record Absent<O>() implements Found<O> {}

  /** It is there, carries our marker, and is as the spec wants it. */
  record Ours<O>(O output) implements Found<O> {
    /** Refuses a missing output. */
    public Ours {
      Objects.requireNonNull(output, "output");
    }
  }

  /**
   * It is there and carries our marker, but differs from the spec: a creation that broke off, or
   * drift. Before a creation the engine completes it with {@code provision}.
   *
   * @param observed what can be read of it, or null if too little is there
   * @param differences what differs, for people; never secret values
   */
  record Incomplete<O>(@Nullable O observed, List<String> differences) implements Found<O> {
    /** Copies the differences. */
    public Incomplete {
      differences = List.copyOf(differences);
    }
  }

  /** Something is there that belongs to somebody else. */
  record Foreign<O>(String owner) implements Found<O> {}

  /** Something is there that says of nobody that it is theirs. */
  record Unmarked<O>(String description) implements Found<O> {}

  /** The backend cannot tell with certainty; somebody must look. */
  record Ambiguous<O>(String reason) implements Found<O> {}

  /**
   * An earlier call is still at work on it in the backend; the engine looks again later. Does not
   * count as a failed attempt.
   *
   * @param lookAgainAfter longer than zero
   * @param waitingFor what is waited for, for people
   */
  record Busy<O>(Duration lookAgainAfter, String waitingFor) implements Found<O> {
    /** Checks the ranges. */
    public Busy {
      Pendings.check("", lookAgainAfter, waitingFor);
    }
  }

  /** Returns that nothing is there. */
  static <O> Found<O> absent() {
    return new Absent<>();
  }

  /** Returns that it is there, ours, and as the spec wants it. */
  static <O> Found<O> ours(O output) {
    return new Ours<>(output);
  }

  /** Returns that it is there and ours, but not as the spec wants it. */
  static <O> Found<O> incomplete(@Nullable O observed, String... differences) {
    return new Incomplete<>(observed, List.of(differences));
  }

  /** Returns that somebody else's thing is there; {@code owner} says whose, for people. */
  static <O> Found<O> foreign(String owner) {
    return new Foreign<>(owner);
  }

  /** Returns that something without an owner is there; described for people. */
  static <O> Found<O> unmarked(String description) {
    return new Unmarked<>(description);
  }

  /** Returns that nobody can tell; the reason says what to look at. */
  static <O> Found<O> ambiguous(String reason) {
    return new Ambiguous<>(reason);
  }

  /** Returns that an earlier call is still at work on it. */
  static <O> Found<O> busy(Duration lookAgainAfter, String waitingFor) {
    return new Busy<>(lookAgainAfter, waitingFor);
  }

  /**
   * Judges something that is there by the marker it carries: ours with this output if it is the
   * attempt's marker, else foreign or unmarked.
   *
   * @param marker the text that {@link Marker#text()} gave when the thing was made, or null if it
   *     carries none
   */
  static <O> Found<O> byMarker(@Nullable String marker, Attempt attempt, O output) {
    Optional<Marker> read = Marker.parse(marker);
    if (read.isEmpty()) {
      return unmarked("carries no marker of ours");
    }
    if (read.get().equals(attempt.marker())) {
      return ours(output);
    }
    return foreign("it carries the marker " + read.get().text());
  }
}
