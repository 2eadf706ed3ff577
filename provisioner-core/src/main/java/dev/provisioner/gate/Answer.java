package dev.provisioner.gate;

import java.util.Objects;

/** What a gate's check found. */
public sealed interface Answer<O> {

  /** The world is as hoped: the gate opens, and the steps behind it read the output. */
  record Open<O>(O output) implements Answer<O> {
    /** Refuses a missing output. */
    public Open {
      Objects.requireNonNull(output, "output");
    }
  }

  /** Not yet: ask again later. */
  record NotYet<O>(String waitingFor) implements Answer<O> {}

  /** Never: the step fails. */
  record Refused<O>(String reason) implements Answer<O> {}

  /** Returns that the gate opens. */
  static <O> Answer<O> open(O output) {
    return new Open<>(output);
  }

  /** Returns that it must be asked again; says for people what is waited for. */
  static <O> Answer<O> notYet(String waitingFor) {
    return new NotYet<>(waitingFor);
  }

  /** Returns that the gate will never open; says for people why and what to do. */
  static <O> Answer<O> refused(String reason) {
    return new Refused<>(reason);
  }
}
