package dev.provisioner.proofs.nodes;

import dev.provisioner.testkit.tcp.TcpFault;
import java.time.Duration;
import java.util.Random;

/** What is done to a node, or to its connections. */
enum Blow {
  /** {@code kill -9}, and another node in its place. */
  KILL,
  /** {@code SIGSTOP} until others have taken over what it held, then {@code SIGCONT}. */
  STOP,
  /** The server ends connections, of any node. */
  TERMINATE,
  RESET,
  LOSE_ANSWER,
  HALF_OPEN,
  WITHHOLD_ANSWER,
  DELAY,
  SLOW;

  /** Draws one; nodes are struck as often as connections. */
  static Blow draw(Random random) {
    int chance = random.nextInt(12);
    return chance < 4 ? KILL : chance < 6 ? STOP : values()[2 + random.nextInt(7)];
  }

  /** Returns the fault of a connection that it is. */
  TcpFault fault(Random random) {
    return switch (this) {
      case RESET -> TcpFault.reset();
      case LOSE_ANSWER -> TcpFault.loseAnswer();
      case HALF_OPEN -> TcpFault.halfOpen();
      case WITHHOLD_ANSWER -> TcpFault.withholdAnswer();
      case DELAY -> TcpFault.delay(Duration.ofMillis(500 + random.nextInt(5_000)));
      case SLOW -> TcpFault.slow(20_000);
      case KILL, STOP, TERMINATE -> throw new IllegalStateException(this + " is none");
    };
  }
}
