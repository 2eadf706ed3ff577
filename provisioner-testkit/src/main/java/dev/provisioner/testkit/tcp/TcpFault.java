package dev.provisioner.testkit.tcp;

import java.time.Duration;

/** What a {@link TcpFaultProxy} does to a connection when something is sent on it. */
public sealed interface TcpFault {
  /** Resets the connection; the service never sees what was sent. */
  static TcpFault reset() {
    return new Reset();
  }

  /**
   * Passes on what was sent, waits until the service begins to answer, and resets the connection
   * instead of passing the answer on.
   */
  static TcpFault loseAnswer() {
    return new LoseAnswer();
  }

  /**
   * Passes nothing on any more, as if the service's machine had vanished: what was sent is lost,
   * and the connection stays open at the client's end, silent. The service's end is reset.
   */
  static TcpFault halfOpen() {
    return new HalfOpen();
  }

  /**
   * Passes on what was sent, and never an answer; the connection stays open until the client closes
   * it.
   */
  static TcpFault withholdAnswer() {
    return new WithholdAnswer();
  }

  /** Waits, then passes on what was sent, even if the client has given up meanwhile. */
  static TcpFault delay(Duration duration) {
    return new Delay(duration);
  }

  /**
   * Makes the connection slow from now on, in each direction.
   *
   * @param bytesPerSecond at least 1
   */
  static TcpFault slow(int bytesPerSecond) {
    return new Slow(bytesPerSecond);
  }

  /** See {@link #reset}. */
  record Reset() implements TcpFault {}

  /** See {@link #loseAnswer}. */
  record LoseAnswer() implements TcpFault {}

  /** See {@link #halfOpen}. */
  record HalfOpen() implements TcpFault {}

  /** See {@link #withholdAnswer}. */
  record WithholdAnswer() implements TcpFault {}

  /** See {@link #delay}. */
  record Delay(Duration duration) implements TcpFault {}

  /** See {@link #slow}. */
  record Slow(int bytesPerSecond) implements TcpFault {
    /** Refuses a connection that would not move. */
    public Slow {
      if (bytesPerSecond < 1) {
        throw new IllegalArgumentException(
            "A slow connection moves at least 1 byte a second, not " + bytesPerSecond + ".");
      }
    }
  }
}
